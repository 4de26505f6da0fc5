#if OpenInference
  import Foundation
  import HIData
  import SwiftProtobuf
  import Testing

  @testable import HIOpenInference

  @Suite struct MessageBoundsTests {
    typealias Change = @Sendable (inout Inference_ModelInferRequest) -> Void

    private static func parameters(_ count: Int) -> [String: Inference_InferParameter] {
      Dictionary(uniqueKeysWithValues: (0..<count).map { ("\($0)", .with { $0.boolParam = true }) })
    }

    private static func bytes(
      _ change: (inout Inference_ModelInferRequest) -> Void
    ) throws -> [UInt8] {
      try Inference_ModelInferRequest.with(change).serializedBytes()
    }

    private static func check(_ bytes: [UInt8], _ bounds: MessageBounds = .inference) throws {
      try bytes.withUnsafeBytes { try bounds.check($0) }
    }

    /// Requests with so many of a part.
    static let parts: [(name: String, most: Int, make: @Sendable (Int) -> Change)] = [
      ("inputs", 64, { count in { $0.inputs = .init(repeating: .init(), count: count) } }),
      ("outputs", 64, { count in { $0.outputs = .init(repeating: .init(), count: count) } }),
      (
        "raw_input_contents", 64,
        { count in { $0.rawInputContents = .init(repeating: Data(), count: count) } }
      ),
      ("parameters", 64, { count in { $0.parameters = parameters(count) } }),
      (
        "parameters", 64,
        { count in { $0.inputs = [.with { $0.parameters = parameters(count) }] } }
      ),
      (
        "parameters", 64,
        { count in { $0.outputs = [.with { $0.parameters = parameters(count) }] } }
      ),
      (
        "shape", 64,
        { count in { $0.inputs = [.with { $0.shape = .init(repeating: 300, count: count) }] } }
      ),
      (
        "bytes_contents", 1_000_000,
        { count in
          {
            $0.inputs = [
              .with { $0.contents.bytesContents = .init(repeating: Data(), count: count) }
            ]
          }
        }
      ),
    ]

    @Test(arguments: parts.indices) func aPartMayBeThereSoOftenAndNoMore(index: Int) throws {
      let (name, most, make) = Self.parts[index]
      #expect(throws: Never.self) { try Self.check(Self.bytes(make(most))) }
      #expect(throws: MessageBounds.Violation.tooMany(name, most: most)) {
        try Self.check(Self.bytes(make(most + 1)))
      }
    }

    @Test func aTensorsElementsAreNotCounted() throws {
      let bytes = try Self.bytes {
        $0.inputs = [.with { $0.contents.uintContents = .init(repeating: 7, count: 100_000) }]
        $0.rawInputContents = [Data(count: 100_000)]
      }
      #expect(throws: Never.self) { try Self.check(bytes) }
    }

    @Test(
      arguments: [
        [0x80], [0x2A], [0x2A, 5, 0], [0x2A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
        [0x2A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1], [0x09, 0], [0x0D, 0],
        [0x0C], [0x0E], .init(repeating: 0xFF, count: 11),
      ] as [[UInt8]])
    func whatIsNoMessageIsRefused(bytes: [UInt8]) {
      #expect(throws: MessageBounds.Violation.malformed) { try Self.check(bytes) }
    }

    @Test func fieldsWithinAGroupAreNobodys() throws {
      let group = [0x7B] + Array(repeating: [0x2A, 0] as [UInt8], count: 100).joined() + [0x7C]
      #expect(throws: Never.self) { try Self.check(group) }
      #expect(throws: Never.self) { try Inference_ModelInferRequest(serializedBytes: group) }
    }

    @Test func changedMessagesThatAreReadHaveNoMorePartsThanTheBounds() throws {
      let sound = try Self.bytes { request in
        request.inputs = .init(repeating: .with { $0.name = "a" }, count: 3)
        request.outputs = .init(repeating: .init(), count: 3)
        request.parameters = Self.parameters(3)
        request.rawInputContents = [Data([1]), Data()]
      }
      let bounds = MessageBounds([
        4: ("parameters", .most(3)), 5: ("inputs", .most(3)), 6: ("outputs", .most(3)),
        7: ("raw_input_contents", .most(2)),
      ])
      var generator = SeededGenerator(seed: 29)
      for _ in 0..<20_000 {
        var bytes = sound
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
          bytes[Int.random(in: bytes.indices, using: &generator)] = .random(
            in: 0...255, using: &generator)
        }
        guard (try? Self.check(bytes, bounds)) != nil,
          let message = try? Inference_ModelInferRequest(serializedBytes: bytes)
        else { continue }
        #expect(message.inputs.count <= 3)
        #expect(message.outputs.count <= 3)
        #expect(message.parameters.count <= 3)
        #expect(message.rawInputContents.count <= 2)
      }
    }
  }
#endif
