import Foundation
import HIData
import HIModels

/// The bundles that `Fixtures/make_fixtures.py` wrote, and what NumPy says of them.
enum Fixture {
  static let folder = Bundle.module.resourceURL!.appendingPathComponent("Fixtures")

  static func path(_ name: String) -> String {
    folder.appendingPathComponent("\(name).himodel").path
  }

  static func model(_ name: String = "two-stage") throws -> StagedModel {
    try StagedModel(bundle: ModelBundle(at: path(name)), library: RuntimeLibrary())
  }

  struct Expected: Decodable {
    /// 4 x 4 pixels each.
    var images: [[UInt8]]
    /// Exit, sample, class.
    var logits: [[[Double]]]
  }

  static func expected() throws -> Expected {
    try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: folder.appendingPathComponent("expected.json")))
  }

  static func sample(_ pixels: [UInt8]) -> Sample {
    Sample(elementType: .uint8, shape: [1, 4, 4], bytes: pixels)!
  }
}

/// A copy of a bundle in a temporary folder, to be damaged.
final class BundleCopy {
  let url: URL
  var path: String { url.path }

  init(of name: String = "two-stage") throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).himodel")
    try FileManager.default.copyItem(atPath: Fixture.path(name), toPath: url.path)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func edit(_ file: String, _ change: (inout Data) -> Void) throws {
    let url = url.appendingPathComponent(file)
    var data = try Data(contentsOf: url)
    change(&data)
    try data.write(to: url)
  }

  /// Replaces text in the manifest; the text has to be there.
  func editManifest(_ old: String, _ new: String) throws {
    try edit("manifest.json") { data in
      let text = String(decoding: data, as: UTF8.self)
      precondition(text.contains(old))
      data = Data(text.replacingOccurrences(of: old, with: new).utf8)
    }
  }
}
