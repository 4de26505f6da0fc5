internal import Foundation
internal import HIModels
internal import HITransport

/// Where a ``ModelRepository`` finds its models.
public enum ModelSource: Sendable {
  /// Bundles by their paths; each has the name and version that its manifest says.
  case bundles([String])
  /// A folder with `NAME.himodel`, named and numbered by its manifest, and with
  /// `NAME/VERSION/ANY.himodel`, named and numbered by its folders.
  case folder(String)
  /// Models that are there already, each as version 1.
  case backends([any InferenceBackend])
}

/// One model version that a source has, not yet loaded.
struct ModelCandidate: Sendable {
  let name: String
  let version: String
  /// Where it is, for messages.
  let place: String
  let content: Content

  enum Content: Sendable {
    case bundle(ModelBundle)
    case backend(any InferenceBackend)
    /// It cannot be read, and why.
    case unreadable(reason: String)
  }
}

extension ModelSource {
  /// Whether each of its models has to load for a server to start. One bad bundle in a folder does not
  /// keep the others from being served; a bundle that somebody has typed does.
  var isStrict: Bool {
    if case .folder = self { false } else { true }
  }

  /// Reads what is there now, in an order that does not depend on the file system.
  func candidates() throws(RepositoryError) -> [ModelCandidate] {
    let found: [ModelCandidate]
    switch self {
    case .bundles(let paths):
      found = paths.map { Self.candidate(at: $0, name: nil, version: nil) }
    case .folder(let path):
      found = try Self.candidates(inFolder: path)
      if found.isEmpty { throw .noModels(folder: path) }
    case .backends(let backends):
      found = backends.map {
        ModelCandidate(
          name: $0.description.name, version: "1", place: $0.description.name,
          content: .backend($0))
      }
    }
    var places: [ModelID: String] = [:]
    for candidate in found {
      let id = ModelID(name: candidate.name, version: candidate.version)
      if let first = places.updateValue(candidate.place, forKey: id) {
        throw .duplicate(
          name: id.name, version: id.version, first: first, second: candidate.place)
      }
    }
    return found
  }

  private static let ending = ".himodel"

  private static func candidates(
    inFolder folder: String
  ) throws(RepositoryError) -> [ModelCandidate] {
    var found: [ModelCandidate] = []
    for name in try names(in: folder) {
      let path = folder + "/" + name
      if name.hasSuffix(ending) {
        found.append(candidate(at: path, name: nil, version: nil))
        continue
      }
      for version in (try? names(in: path)) ?? [] {
        for file in (try? names(in: path + "/" + version)) ?? [] where file.hasSuffix(ending) {
          found.append(
            candidate(at: path + "/" + version + "/" + file, name: name, version: version))
        }
      }
    }
    return found
  }

  private static func names(in folder: String) throws(RepositoryError) -> [String] {
    do {
      // What begins with a dot is hidden, or a bundle that is still being written.
      return try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { !$0.hasPrefix(".") }.sorted()
    } catch {
      throw .unreadableFolder(path: folder, reason: (error as NSError).localizedDescription)
    }
  }

  private static func candidate(at path: String, name: String?, version: String?) -> ModelCandidate
  {
    do {
      let bundle = try ModelBundle(at: path)
      return ModelCandidate(
        name: name ?? bundle.manifest.name, version: version ?? bundle.manifest.version,
        place: path, content: .bundle(bundle))
    } catch {
      let file = URL(filePath: path).deletingPathExtension().lastPathComponent
      return ModelCandidate(
        name: name ?? file, version: version ?? "1", place: path,
        content: .unreadable(reason: error.description))
    }
  }
}

/// What tells one loaded model from another.
struct ModelID: Hashable, Sendable {
  let name: String
  let version: String

  /// For people.
  var text: String { "\(name) version \(version)" }
}
