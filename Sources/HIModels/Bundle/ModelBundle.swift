internal import Foundation
internal import HIData

/// A model bundle on disk: a folder with `manifest.json` and one ONNX file a stage, all of it present
/// and each file the one that the manifest was written for.
///
///     let bundle = try ModelBundle(at: "Models/fashion-tiny.himodel")
///     print(bundle.manifest.name, bundle.digest)
public struct ModelBundle: Sendable, Equatable {
  /// The folder.
  public let path: String
  /// What the manifest says.
  public let manifest: ModelManifest
  /// One SHA-256 for the whole model, in hexadecimal: that of its stages' SHA-256s in order, each in
  /// lower-case hexadecimal and followed by a line feed. A policy is bound to it.
  public let digest: String

  /// Reads a bundle's manifest and checks each of its files.
  ///
  /// - Throws: ``ModelError`` where something is missing, damaged or not what the manifest says.
  public init(at path: String) throws(ModelError) {
    guard FileBytes.isFolder(path) else { throw .bundleNotFound(path: path) }
    let file = path + "/manifest.json"
    guard FileBytes.isFile(file) else { throw .manifestNotFound(path: path) }
    try self.init(path: path, manifest: ModelManifest(json: Self.read(file), file: file))
  }

  /// Puts a manifest and a folder together and checks each stage's file.
  init(path: String, manifest: ModelManifest) throws(ModelError) {
    self.path = path
    self.manifest = manifest
    let lines = manifest.stages.map { $0.sha256.lowercased() + "\n" }.joined()
    digest = SHA256Digest(of: lines.utf8).hexadecimal
    for stage in manifest.stages.indices { _ = try contents(ofStage: stage) }
  }

  /// Where a stage's file is; stages are numbered from 0.
  public func file(ofStage stage: Int) -> String { path + "/" + manifest.stages[stage].file }

  /// A stage's file, checked against its SHA-256 as it is read, so that what was checked is what runs.
  func contents(ofStage stage: Int) throws(ModelError) -> [UInt8] {
    let file = file(ofStage: stage)
    guard FileBytes.isFile(file) else { throw .stageNotFound(file: file) }
    let contents = try Self.read(file)
    let expected = manifest.stages[stage].sha256.lowercased()
    let found = SHA256Digest(of: contents).hexadecimal
    guard found == expected else { throw .wrongHash(file: file, expected: expected, found: found) }
    return contents
  }

  static func read(_ file: String) throws(ModelError) -> [UInt8] {
    do {
      return try FileBytes.read(file)
    } catch .unreadable(let file, let reason) {
      throw .unreadable(file: file, reason: reason)
    } catch {
      throw .unreadable(file: file, reason: "it does not exist")
    }
  }
}
