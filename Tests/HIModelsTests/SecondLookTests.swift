import HIData
import HIModels
import Testing

@Suite struct SecondLookTests {
  private func model(secondLook: Bool) throws -> StagedModel {
    try StagedModel(
      bundle: ModelBundle(at: Fixture.path("two-stage")), library: RuntimeLibrary(),
      secondLook: secondLook)
  }

  private func mirrored(_ pixels: [UInt8]) -> [UInt8] {
    (0..<4).flatMap { row in pixels[row * 4..<(row + 1) * 4].reversed() }
  }

  @Test func theLastExitIsTheMeanOfTheSampleAndItsMirrorImage() throws {
    let plain = try model(secondLook: false)
    let looking = try model(secondLook: true)
    #expect(looking.exitCount == 3)
    for image in try Fixture.expected().images {
      let first = try plain.logits(for: Fixture.sample(image))
      let second = try plain.logits(for: Fixture.sample(mirrored(image)))
      // Twice over: the second run must not see what the first left behind.
      for _ in 0..<2 {
        var exits: [[Float]] = []
        try looking.run(Fixture.sample(image)) { exit, logits in
          exits.append(logits.indices.map { logits[$0] })
          #expect(exit == exits.count)
          return true
        }
        #expect(exits.count == 3)
        #expect(exits[1] == first)
        #expect(zip(zip(first, second), exits[2]).allSatisfy { abs(($0.0 + $0.1) / 2 - $1) < 1e-6 })
      }
    }
  }

  @Test func aSecondLookThatIsNotAskedForIsNotTaken() throws {
    var exits: [Int] = []
    try model(secondLook: true).run(Fixture.sample(Fixture.expected().images[0])) { exit, _ in
      exits.append(exit)
      return exit < 2
    }
    #expect(exits == [1, 2])
  }
}
