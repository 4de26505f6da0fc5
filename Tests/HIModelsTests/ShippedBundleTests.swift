import Foundation
import HIData
import HIModels
import Testing

/// The bundles under `Models/` give here what the training tools and ONNX Runtime's Python API say of them.
@Suite struct ShippedBundleTests {
  private static let models = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Models")

  static let names = ((try? FileManager.default.contentsOfDirectory(atPath: models.path)) ?? [])
    .filter { $0.hasSuffix(".himodel") }.map { String($0.dropLast(".himodel".count)) }.sorted()

  private func bundle(_ name: String) throws -> ModelBundle {
    try ModelBundle(at: Self.models.appendingPathComponent("\(name).himodel").path)
  }

  /// What `Fixtures/make_shipped.py` wrote: the classes at every exit, by image.
  private struct Expected: Decodable {
    let image: Int
    let classes: [Int]
  }

  private static let expected = try? JSONDecoder().decode(
    [String: [Expected]].self,
    from: Data(contentsOf: Fixture.folder.appendingPathComponent("shipped.json")))

  /// The image of a number, as the Python side makes it too.
  private static func image(_ n: Int, like input: ModelManifest.Input) -> Sample? {
    let bytes = (0..<input.shape.reduce(1, *)).map { i in
      UInt8((i * (3 * n + 1) / 8 + 29 * n + (i / 7 % (n + 2)) * 16) % 256)
    }
    return Sample(elementType: .uint8, shape: input.shape, bytes: bytes)
  }

  @Test func everyBundleIsHeldAgainstPython() throws {
    #expect(Self.names.count >= 19)
    #expect(Set(try #require(Self.expected).keys) == Set(Self.names))
  }

  @Test(arguments: names) func theClassesAreThoseOfPythonAtEveryExit(name: String) throws {
    let bundle = try bundle(name)
    let model = try StagedModel(bundle: bundle, library: RuntimeLibrary())
    let expected = try #require(Self.expected?[name])
    #expect(expected.count >= 3)
    for one in expected {
      var classes: [Int] = []
      try model.run(try #require(Self.image(one.image, like: bundle.manifest.input))) {
        _, logits in
        classes.append(logits.indices.max { logits[$0] < logits[$1] } ?? -1)
        return true
      }
      #expect(classes == one.classes, "image \(one.image)")
    }
  }

  /// The split that a bundle's figures are of; nil, with the reason printed, where it is not here.
  private func testSplit(of bundle: ModelBundle) throws -> Dataset? {
    let manifest = bundle.manifest
    var trained = "unknown"
    if case .object(let training)? = manifest.training,
      case .string(let name)? = training["dataset"]
    {
      trained = name
    }
    // Models of other people's training are judged on the data of their task.
    let task = manifest.classes.count == 1000 ? "imagenet-sample" : "cifar-10-jpeg75"
    let name = trained == "unknown" ? task : trained
    let catalogue = DatasetCatalogue()
    let entry = try #require(DatasetEntry.all.first { $0.name == name })
    guard catalogue.folder(of: entry) != nil else {
      print("skipped: the accuracy of \(manifest.name), as there is no \(name) here (HI_DATA)")
      return nil
    }
    return try catalogue.load(
      name, split: .test, images: manifest.input.imageForm, classes: manifest.classes)
  }

  @Test(arguments: names) func everyExitIsAsAccurateAsItsManifestSays(name: String) throws {
    let bundle = try bundle(name)
    guard let test = try testSplit(of: bundle) else { return }
    let model = try StagedModel(bundle: bundle, library: RuntimeLibrary())
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
      // Another processor's vector units round differently; a few samples lie on the border, more of
      // them where weights and activations are integers.
      let border = bundle.manifest.precision == .int8 ? test.count / 500 : test.count / 2000
      #expect(abs(correct[exit.exit - 1] - exit.correct) <= border, "exit \(exit.exit)")
    }
  }
}
