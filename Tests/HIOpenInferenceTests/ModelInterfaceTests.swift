import Foundation
import HIData
import HIServing
import Testing

@testable import HIOpenInference

@Suite struct ModelInterfaceTests {
  let interface: ModelInterface

  init() throws {
    let backend = try BytesBackend()
    interface = ModelInterface(description: backend.description, manifest: backend.manifest)
  }

  private func samples(
    _ datatype: TensorDatatype, _ shape: [Int], _ bytes: [UInt8], name: String = "image"
  ) throws -> [[UInt8]] {
    let tensor = try Tensor(name: name, datatype: datatype, shape: shape, bytes: bytes)
    return try interface.samples(in: [tensor]).map(\.bytes)
  }

  @Test func aBatchIsOneSampleAlongTheFirstAxis() throws {
    let bytes = (0..<24).map { UInt8($0) }
    #expect(
      try samples(.uint8, [2, 2, 2, 3], bytes) == [Array(bytes[..<12]), Array(bytes[12...])])
  }

  @Test func singlePrecisionGreyLevelsAreRounded() throws {
    let values: [Float] = [0, 0.4, 0.6, 1.5, 254.6, 255, 7, 7, 7, 7, 7, 7]
    let bytes = Tensor.littleEndianBytes(values.map(\.bitPattern))
    #expect(
      try samples(.fp32, [1, 2, 2, 3], bytes) == [[0, 0, 1, 2, 255, 255, 7, 7, 7, 7, 7, 7]])
  }

  @Test(arguments: [-0.1, 255.5, .nan, .infinity] as [Float])
  func whatIsNoGreyLevelIsRefused(value: Float) {
    let bytes = Tensor.littleEndianBytes((0..<12).map { $0 == 5 ? value.bitPattern : 0 })
    #expect(throws: OpenInferenceError.self) { try samples(.fp32, [1, 2, 2, 3], bytes) }
  }

  @Test func imagesOfAnotherSizeAreResizedAsTheManifestSays() throws {
    let image = RasterImage(
      width: 5, height: 3, channels: 3, pixels: (0..<45).map { UInt8($0 * 5) })!
    let expected = image.resized(width: 2, height: 2, filter: .bilinear).pixels
    #expect(try samples(.uint8, [1, 3, 5, 3], image.pixels) == [expected])
    let grey = [UInt8](repeating: 9, count: 8)
    #expect(
      try samples(.uint8, [2, 2, 2, 1], grey)
        == Array(
          repeating: Array(repeating: 9, count: 12), count: 2))
  }

  @Test func filesAreDecoded() throws {
    // A PNG of one grey pixel, 77, as the format has it.
    let png = try #require(
      Data(
        base64Encoded:
          "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGPwBQAATwBObAiTBgAAAABJRU5ErkJggg=="
      ))
    var bytes: [UInt8] = []
    for _ in 0..<2 { Tensor.appendElement(png, to: &bytes) }
    let grey = Array(repeating: UInt8(77), count: 12)
    #expect(try samples(.bytes, [2], bytes) == [grey, grey])
    #expect(try samples(.bytes, [2, 1], bytes) == [grey, grey])
    let raw = try interface.tensor(ofRawBody: Array(png))
    #expect(try interface.samples(in: [raw]).map(\.bytes) == [grey])
  }

  @Test(arguments: [
    (TensorDatatype.uint8, [1, 2, 2, 3], false), (.fp32, [1, 2, 2, 3], false),
    // Pixels that are scaled, however few; files; and much of anything.
    (.uint8, [1, 1, 1, 1], true), (.bytes, [1], true), (.uint8, [6000, 2, 2, 3], true),
  ])
  func whatTakesLongToReadIsKnownBefore(
    datatype: TensorDatatype, shape: [Int], isLong: Bool
  ) throws {
    let count = datatype == .bytes ? 4 : shape.reduce(datatype.size ?? 1, *)
    let tensor = try Tensor(
      name: "image", datatype: datatype, shape: shape, bytes: Array(repeating: 0, count: count))
    #expect(interface.isLongToRead([tensor], beyond: 64 << 10) == isLong)
  }

  static let misfits: [(TensorDatatype, [Int], Int)] = [
    (.uint8, [], 1), (.uint8, [0, 2, 2, 3], 0), (.uint8, [12], 12), (.uint8, [2, 2, 3], 12),
    (.uint8, [1, 2, 2, 4], 16), (.uint8, [1, 0, 2, 3], 0), (.fp32, [1, 2, 2, 2], 32),
    (.int8, [1, 2, 2, 3], 12), (.fp16, [1, 2, 2, 3], 24),
  ]

  @Test(arguments: misfits)
  func whatTheModelDoesNotTakeIsRefused(datatype: TensorDatatype, shape: [Int], size: Int) throws {
    let bytes = [UInt8](repeating: 0, count: size)
    let tensor = try Tensor(name: "image", datatype: datatype, shape: shape, bytes: bytes)
    let error = #expect(throws: OpenInferenceError.self) { try interface.samples(in: [tensor]) }
    #expect(error?.message.contains("\(shape)") == true)
    #expect(error?.message.contains("UINT8 [N, 2, 2, 3]") == true)
  }

  @Test func otherInputsAreRefusedByName() throws {
    let error = #expect(throws: OpenInferenceError.self) {
      try samples(.uint8, [1, 2, 2, 3], Array(repeating: 0, count: 12), name: "pixels")
    }
    #expect(error?.message.contains("\"pixels\"") == true)
    #expect(throws: OpenInferenceError.self) { try interface.samples(in: []) }
  }

  @Test func outputsFollowFromTheLogits() throws {
    let timing = InferenceTiming(queue: .zero, compute: .zero, batchSize: 2)
    let answers = [[0, 0, 3], [1, 1, 0]].map {
      ModelAnswer(output: ModelOutput(logits: $0), timing: timing)
    }
    let tensors = interface.tensors(of: answers, as: try interface.outputs(for: []))
    #expect(tensors.map(\.name) == ["logits", "probabilities", "class", "confidence"])
    #expect(tensors.map(\.shape) == [[2, 3], [2, 3], [2], [2]])
    #expect(tensors[0] == .floats("logits", shape: [2, 3], [0, 0, 3, 1, 1, 0]))
    #expect(tensors[2] == .integers("class", shape: [2], [2, 0]))
    func floats(_ tensor: Tensor) -> [Double] {
      tensor.integers(UInt32.self).map { Double(Float(bitPattern: $0)) }
    }
    let high = exp(3.0) / (2 + exp(3.0))
    let equal = exp(1.0) / (1 + 2 * exp(1.0))
    let expected = [(1 - high) / 2, (1 - high) / 2, high, equal, equal, 1 - 2 * equal]
    for (found, expected) in zip(floats(tensors[1]), expected) {
      #expect(abs(found - expected) < 1e-6)
    }
    for (found, expected) in zip(floats(tensors[3]), [high, equal]) {
      #expect(abs(found - expected) < 1e-6)
    }
  }

  @Test func aClassificationIsTheHighestValuesWithTheirClasses() throws {
    let timing = InferenceTiming(queue: .zero, compute: .zero, batchSize: 1)
    let answer = ModelAnswer(output: ModelOutput(logits: [0.5, 2, 2]), timing: timing)
    let wanted = try interface.outputs(for: [RequestedOutput(name: "logits", classification: 2)])
    #expect(
      interface.tensors(of: [answer], as: wanted) == [
        .texts("logits", shape: [1, 2], ["2.0:1:green", "2.0:2:blue"])
      ])
    let all = try interface.outputs(for: [RequestedOutput(name: "logits", classification: 99)])
    #expect(interface.tensors(of: [answer], as: all).first?.shape == [1, 3])
  }

  @Test(arguments: [
    [RequestedOutput(name: "boxes")], [RequestedOutput(name: "class", classification: 1)],
    [RequestedOutput(name: "logits"), RequestedOutput(name: "logits")],
  ])
  func outputsThatThereAreNotAreRefused(outputs: [RequestedOutput]) {
    let error = #expect(throws: OpenInferenceError.self) { try interface.outputs(for: outputs) }
    #expect(error?.kind == .badRequest)
  }
}
