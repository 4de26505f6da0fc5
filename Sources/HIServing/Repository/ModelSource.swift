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

/// What a source has.
struct ModelFindings: Sendable {
  var candidates: [ModelCandidate] = []
  /// What lies in its folder and is no model, by its paths there.
  var passedOver: [String] = []
}

extension ModelSource {
  /// Whether each of its models has to load for a server to start. One bad bundle in a folder does not
  /// keep the others from being served; a bundle that somebody has typed does.
  var isStrict: Bool {
    if case .folder = self { false } else { true }
  }

  /// Reads what is there now, in an order that does not depend on the file system.
  func findings() throws(RepositoryError) -> ModelFindings {
    var found = ModelFindings()
    switch self {
    case .bundles(let paths):
      found.candidates = paths.map { Self.candidate(at: $0, name: nil, version: nil) }
    case .folder(let path):
      found = try Self.findings(inFolder: path)
      if found.candidates.isEmpty { throw .noModels(folder: path) }
    case .backends(let backends):
      found.candidates = backends.map {
        ModelCandidate(
          name: $0.description.name, version: "1", place: $0.description.name,
          content: .backend($0))
      }
    }
    var places: [ModelID: String] = [:]
    for candidate in found.candidates {
      let id = ModelID(name: candidate.name, version: candidate.version)
      if let first = places.updateValue(candidate.place, forKey: id) {
        throw .duplicate(
          name: id.name, version: id.version, first: first, second: candidate.place)
      }
    }
    return found
  }

  private static let ending = ".himodel"

  private static func findings(
    inFolder folder: String
  ) throws(RepositoryError) -> ModelFindings {
    var found = ModelFindings()
    for name in try names(in: folder) {
      let path = folder + "/" + name
      if name.hasSuffix(ending) {
        found.candidates.append(candidate(at: path, name: nil, version: nil))
        continue
      }
      let inside = versions(of: name, at: path)
      found.candidates += inside.candidates
      // What has no model in it at all has one name.
      found.passedOver += inside.candidates.isEmpty ? [name] : inside.passedOver
    }
    return found
  }

  /// What a folder has that is named after a model.
  private static func versions(of name: String, at path: String) -> ModelFindings {
    var found = ModelFindings()
    for version in (try? names(in: path)) ?? [] {
      let files = (try? names(in: path + "/" + version)) ?? []
      let bundles = files.filter { $0.hasSuffix(ending) }
      found.candidates += bundles.map {
        candidate(at: path + "/" + version + "/" + $0, name: name, version: version)
      }
      found.passedOver +=
        bundles.isEmpty
        ? ["\(name)/\(version)"]
        : files.filter { !$0.hasSuffix(ending) }.map { "\(name)/\(version)/\($0)" }
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
