import Testing

@testable import HIData

@Suite struct CIFAR10FileTests {
  private func parse(_ contents: [UInt8]) throws(DataError) -> LabelledSamples {
    var samples = LabelledSamples(shape: [3, 32, 32], labels: [], storage: [])
    try CIFAR10File.parse(contents, file: "x", into: &samples)
    return samples
  }

  @Test func recordsAreLabelsAndPixels() throws {
    let samples = try parse(Encoding.cifar([3, 9, 0]))
    #expect(samples.labels == [3, 9, 0])
    #expect(samples.storage.count == 3 * 3_072)
    #expect(samples.records(1..<2).storage == Array(repeating: 63, count: 3_072))
  }

  @Test(arguments: [0, 1, 3_072, 3_074, 6_145])
  func aLengthThatIsNotWholeRecordsIsRefused(length: Int) throws {
    #expect(
      throws: DataError.wrongLength(
        file: "x", expected: "one or more records of 3073 bytes", found: "\(length) bytes")
    ) { try parse(Array(repeating: 0, count: length)) }
  }

  @Test func aLabelOutOfRangeIsNamedWithItsRecord() throws {
    #expect(throws: DataError.labelOutOfRange(file: "x", record: 2, label: 10, classes: 10)) {
      try parse(Encoding.cifar([0, 9, 10]))
    }
  }
}
