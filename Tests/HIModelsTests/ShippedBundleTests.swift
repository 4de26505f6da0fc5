import Foundation
import HIData
import HIModels
import Testing

/// The bundles under `Models/` give here what the training tools said of them.
@Suite struct ShippedBundleTests {
  private static let models = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Models")

  @Test(
    .enabled(if: DatasetCatalogue(environment: [:]).folder(of: .fashionMNIST) != nil),
    arguments: ["fashion-tiny", "fashion-tiny-ee"])
  func everyExitIsAsAccurateAsItsManifestSays(name: String) throws {
    let bundle = try ModelBundle(at: Self.models.appendingPathComponent("\(name).himodel").path)
    let model = try StagedModel(bundle: bundle, library: RuntimeLibrary())
    let test = try DatasetCatalogue(environment: [:]).load("fashion-mnist", split: .test)
    var correct = Array(repeating: 0, count: model.exitCount)
    for index in 0..<test.count {
      try model.run(test.sample(at: index)) { exit, logits in
        let best = logits.indices.max { logits[$0] < logits[$1] }
        if best == test.labels[index] { correct[exit - 1] += 1 }
        return true
      }
    }
    let stated = try #require(bundle.manifest.accuracy).filter { $0.split == "test" }
    #expect(stated.count == model.exitCount)
    for exit in stated {
      #expect(exit.samples == test.count)
      // Another processor's vector units round differently; a few samples lie on the border.
      #expect(abs(correct[exit.exit - 1] - exit.correct) <= 5)
    }
  }
}
