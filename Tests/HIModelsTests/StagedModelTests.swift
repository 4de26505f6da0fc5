import HIData
import HIModels
import Testing

@Suite struct StagedModelTests {
  @Test func exitsGiveTheLogitsThatNumPyComputes() throws {
    let model = try Fixture.model()
    let expected = try Fixture.expected()
    #expect(model.exitCount == 2)
    #expect(model.classCount == 3)
    for (index, image) in expected.images.enumerated() {
      var exits: [Int] = []
      try model.run(Fixture.sample(image)) { exit, logits in
        exits.append(exit)
        #expect(logits.count == 3)
        for (offset, reference) in expected.logits[exit - 1][index].enumerated() {
          #expect(abs(Double(logits[offset]) - reference) < 1e-5)
        }
        return true
      }
      #expect(exits == [1, 2])
    }
  }

  @Test func lastExitAloneGivesTheSameLogits() throws {
    let model = try Fixture.model()
    let expected = try Fixture.expected()
    for (image, reference) in zip(expected.images, expected.logits[1]) {
      let logits = try model.logits(for: Fixture.sample(image))
      #expect(zip(logits, reference).allSatisfy { abs(Double($0) - $1) < 1e-5 })
    }
  }

  @Test func nothingAfterAnAcceptedExitIsComputed() throws {
    let model = try Fixture.model()
    let image = try Fixture.expected().images[0]
    var exits: [Int] = []
    try model.run(Fixture.sample(image)) { exit, _ in
      exits.append(exit)
      return false
    }
    #expect(exits == [1])
  }

  @Test(arguments: ["two-stage", "fixed-batch"])
  func batchesGiveWhatSinglesGive(bundle: String) throws {
    let model = try Fixture.model(bundle)
    let samples = try Fixture.expected().images.map(Fixture.sample)
    let singles = try samples.map { try model.logits(for: $0) }
    for size in [0, 1, 2, 8, 3, 8] {
      let batch = try model.batchLogits(Array(samples.prefix(size)))
      #expect(batch.count == size)
      for (one, other) in zip(batch, singles) {
        #expect(zip(one, other).allSatisfy { abs($0 - $1) < 1e-5 })
      }
    }
  }

  @Test func aModelRunsOnSeveralThreads() throws {
    let model = try StagedModel(
      bundle: ModelBundle(at: Fixture.path("two-stage")), library: RuntimeLibrary(), threads: 2)
    let expected = try Fixture.expected()
    let logits = try model.logits(for: Fixture.sample(expected.images[0]))
    #expect(zip(logits, expected.logits[1][0]).allSatisfy { abs(Double($0) - $1) < 1e-5 })
  }

  @Test func whatTheCallerThrowsComesThrough() throws {
    struct Stop: Error {}
    let model = try Fixture.model()
    #expect(throws: Stop.self) {
      try model.run(Fixture.sample(Array(repeating: 0, count: 16))) { _, _ in throw Stop() }
    }
  }

  @Test(
    arguments: [
      Sample(elementType: .uint8, shape: [4, 4, 1], bytes: Array(repeating: 0, count: 16))!,
      Sample(elementType: .uint8, shape: [1, 28, 28], bytes: Array(repeating: 0, count: 784))!,
      Sample(elementType: .float32, shape: [1, 4, 4], bytes: Array(repeating: 0, count: 64))!,
    ])
  func aSampleOfAnotherKindIsRefused(sample: Sample) throws {
    let model = try Fixture.model()
    let error = ModelError.sampleMismatch(
      model: "two-stage", expected: "uint8 [1, 4, 4]",
      found: "\(sample.elementType.rawValue) \(sample.shape)")
    #expect(throws: error) { try model.run(sample) { _, _ in true } }
    #expect(throws: error) { try model.logits(for: sample) }
    #expect(throws: error) { try model.batchLogits([sample, sample]) }
  }
}
