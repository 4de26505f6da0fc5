import HIData
import HITransport
import NIOCore
import Testing

@testable import HIServing

@Suite struct WireSessionTests {
  private func session() throws -> WireSession {
    let input = try #require(ServedInput(EchoBackend().description))
    return WireSession(
      input: input, source: { input }, maximumInFlight: 2, maximumFrameLength: 16 * 1024 * 1024)
  }

  private func infer(
    id: UInt32 = 7, code: UInt8 = 1, dimensions: [UInt32] = [1, 2, 2], bytes: Int = 4
  ) -> WireRequest {
    WireRequest(
      kind: .infer, id: id, deadlineMilliseconds: 30, elementCode: code, dimensions: dimensions,
      payload: ByteBuffer(repeating: 3, count: bytes))
  }

  private func response(_ step: ServingStep) throws -> WireResponse {
    switch step {
    case .reply(let reply), .end(let reply):
      return try WireResponse(
        frame: reply.bytes.getSlice(at: 4, length: reply.bytes.readableBytes - 4)!)
    case .wait, .infer:
      Issue.record("expected an answer, found \(step)")
      throw WireViolation.status(found: 0, id: 0)
    }
  }

  @Test func aGoodRequestIsASample() throws {
    var session = try session()
    session.append(infer().encoded())
    guard case .infer(let sample, 30, 7, _) = session.next(inFlight: 0, isDraining: false) else {
      Issue.record("expected a sample")
      return
    }
    #expect(sample == Sample(elementType: .uint8, shape: [1, 2, 2], bytes: [3, 3, 3, 3]))
    guard case .wait = session.next(inFlight: 1, isDraining: false) else {
      Issue.record("expected nothing more")
      return
    }
  }

  @Test(arguments: [
    (UInt8(4), [UInt32(1), 2, 2], 4, "float32 of shape [1, 2, 2], 4 bytes"),
    (9, [1, 2, 2], 4, "element type 9 of shape [1, 2, 2], 4 bytes"),
    (1, [2, 2], 4, "uint8 of shape [2, 2], 4 bytes"),
    (1, [1, 2, 2], 3, "uint8 of shape [1, 2, 2], 3 bytes"),
    (1, [1, 2, 2], 0, "uint8 of shape [1, 2, 2], 0 bytes"),
    (1, [0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF], 4, "4294967295], 4 bytes"),
  ])
  func aSampleOfAnotherSortIsRefusedAndTheConnectionLivesOn(
    code: UInt8, dimensions: [UInt32], bytes: Int, found: String
  ) throws {
    var session = try session()
    session.append(infer(code: code, dimensions: dimensions, bytes: bytes).encoded())
    let step = session.next(inFlight: 0, isDraining: false)
    guard case .reply = step else {
      Issue.record("expected an answer and a connection that lives on, found \(step)")
      return
    }
    let response = try response(step)
    #expect(response.status == .badRequest)
    #expect(response.id == 7)
    #expect(response.message.contains("Model echo takes uint8 samples of shape [1, 2, 2], 4 bytes"))
    #expect(response.message.contains(found))
    session.append(infer().encoded())
    guard case .infer = session.next(inFlight: 0, isDraining: false) else {
      Issue.record("expected a sample")
      return
    }
  }

  /// The length's four bytes, or a whole ping of another version, and the id that the answer carries.
  @Test(
    arguments: [
      ([0, 0, 0, 0], 0),
      ([15, 0, 0, 0], 0),
      ([0xFF, 0xFF, 0xFF, 0xFF], 0),
      ([0, 0, 2, 0], 0),
      ([16, 0, 0, 0, 2, 2, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 7),
    ] as [([UInt8], UInt32)])
  func framingThatCannotBeReadEndsTheConnectionWithAWord(bytes: [UInt8], id: UInt32) throws {
    var session = try session()
    session.append(ByteBuffer(bytes: bytes))
    let step = session.next(inFlight: 0, isDraining: false)
    guard case .end = step else {
      Issue.record("expected the end, found \(step)")
      return
    }
    let response = try response(step)
    #expect(response.status == .badRequest)
    #expect(response.id == id)
    #expect(response.message.contains("expected"))
  }

  @Test func aFullConnectionOrADrainingServerIsOverloaded() throws {
    var session = try session()
    session.append(infer(id: 1).encoded())
    session.append(infer(id: 2).encoded())
    let full = try response(session.next(inFlight: 2, isDraining: false))
    #expect(full.status == .overloaded)
    #expect(full.id == 1)
    let draining = try response(session.next(inFlight: 0, isDraining: true))
    #expect(draining.status == .overloaded)
    #expect(draining.message == "The server is shutting down.")
  }

  @Test func outcomesHaveTheirStatus() throws {
    let session = try session()
    let answers = try [
      InferenceOutcome.answered([answer(3, of: 7)]), .expired, .failed("why"), .answered([]),
    ].map { try response(.reply(session.answer(5, $0))) }
    #expect(
      answers[0]
        == WireResponse(kind: .infer, id: 5, prediction: 3, confidence: 0.25, microseconds: 9))
    #expect(answers.map(\.status) == [.ok, .deadlineExceeded, .modelFailed, .modelFailed])
    #expect(answers[2].message == "why")
  }
}

/// An answer of as many equally likely classes as there are from the prediction on.
private func answer(_ prediction: Int, of classes: Int) -> ModelAnswer {
  var logits = [Float](repeating: -1000, count: prediction)
  logits += Array(repeating: 0, count: classes - prediction)
  return ModelAnswer(
    output: ModelOutput(logits: logits),
    timing: InferenceTiming(queue: .microseconds(7), compute: .microseconds(2), batchSize: 1))
}

@Suite struct RawSessionTests {
  private func session() throws -> RawSession {
    let input = try #require(ServedInput(EchoBackend().description))
    return RawSession(input: input, source: { input }, deadlineMilliseconds: 0)
  }

  @Test func samplesAreRunOneByOneHoweverTheyArrive() throws {
    var session = try session()
    let stream: [UInt8] = [1, 0, 0, 0, 2, 0, 0, 0]
    var firsts: [UInt8] = []
    for byte in stream {
      session.append(ByteBuffer(bytes: [byte]))
      if case .infer(let sample, _, _, _) = session.next(inFlight: 0, isDraining: false) {
        firsts.append(sample.bytes[0])
      }
    }
    #expect(firsts == [1, 2])
    #expect(!session.hasPartialRequest)
  }

  @Test func theNextSampleWaitsForTheAnswerBeforeAndStopsReading() throws {
    var session = try session()
    session.append(ByteBuffer(bytes: [1, 0, 0, 0, 2, 0, 0, 0]))
    guard case .infer = session.next(inFlight: 0, isDraining: false) else {
      Issue.record("expected a sample")
      return
    }
    #expect(!session.wantsBytes)
    guard case .wait = session.next(inFlight: 1, isDraining: false) else {
      Issue.record("expected to wait")
      return
    }
    guard case .infer = session.next(inFlight: 0, isDraining: false) else {
      Issue.record("expected the second sample")
      return
    }
    #expect(session.wantsBytes)
  }

  @Test(arguments: [
    (InferenceOutcome.answered([answer(0x0102, of: 0x0103)]), [UInt8(1), 2]),
    (.answered([answer(0xFFFF, of: 0x10000)]), [0xFF, 0xFF]),
    (.answered([answer(70000, of: 70001)]), [0xFF, 0xFF]),
    (.failed("why"), [0xFF, 0xFF]),
    (.expired, [0xFF, 0xFF]),
  ])
  func answersAreTwoBytes(outcome: InferenceOutcome, bytes: [UInt8]) throws {
    #expect(Array(buffer: try session().answer(0, outcome).bytes) == bytes)
  }
}
