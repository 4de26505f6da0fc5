import HIData
import NIOCore

@testable import HIServing
@testable import HITransport

extension FuzzEntry {
  /// The wire protocol's two directions, and raw mode: the sessions of the server without a socket.
  static let wire = [
    FuzzEntry(name: "wire-request") { bytes in
      var choices = Choices(bytes)
      let choice = choices.next()
      var session = WireSession(
        input: Model.input, source: { choice & 2 == 0 ? Model.input : nil }, maximumInFlight: 4,
        maximumFrameLength: 1 << 20, tokens: choice & 1 == 0 ? nil : Model.tokens)
      var inFlight = 0
      for piece in choices.pieces(of: Int(choices.next()) + 1) {
        session.append(ByteBuffer(bytes: piece))
        guard drive(&session, inFlight: &inFlight, check: checkWireReply) else { break }
      }
      // The same bytes as one frame: what is read is written back as it was.
      let frame = ByteBuffer(bytes: choices.rest)
      guard let request = try? WireRequest(frame: frame) else { return }
      var written = request.encoded()
      let length = written.readInteger(endianness: .little, as: UInt32.self)
      require(length.map { Int($0) } == written.readableBytes, "a request's length")
      require((try? WireRequest(frame: written)) == request, "a request written and read")
      // Of a trace only what is known goes on: not one that is none, nor flags of later versions.
      let flags = frame.getInteger(at: 2, endianness: .little, as: UInt16.self) ?? 0
      require(flags & 1 != 0 || written == frame, "a request read and written")
    },
    FuzzEntry(name: "wire-response") { bytes in
      var choices = Choices(bytes)
      var decoder = WireFrameDecoder(
        minimumLength: WireProtocol.responseHeaderBytes, maximumLength: 1 << 20)
      for piece in choices.pieces(of: Int(choices.next()) + 1) {
        decoder.append(ByteBuffer(bytes: piece))
        do {
          while let frame = try decoder.next() {
            guard let response = try? WireResponse(frame: frame) else { continue }
            var written = response.encoded()
            written.moveReaderIndex(forwardBy: WireProtocol.lengthBytes)
            require(written == frame, "a response read and written")
            // What the client does with the document of `describe`.
            guard let served = try? ServedModelDescription(json: response.message) else { continue }
            _ = served.sampleBytes
            _ = served.mismatch(elementType: .uint8, shape: [1, 28, 28], classCount: 10)
          }
        } catch {
          requireSentence(error)
          return
        }
        require(decoder.bufferedBytes < 1 << 21, "the decoder's bound")
      }
    },
    FuzzEntry(name: "raw") { bytes in
      var choices = Choices(bytes)
      let choice = choices.next()
      var session = RawSession(
        input: Model.input, source: { choice & 1 == 0 ? Model.input : nil },
        deadlineMilliseconds: 100)
      var inFlight = 0
      for piece in choices.pieces(of: Int(choices.next()) + 1) {
        session.append(ByteBuffer(bytes: piece))
        _ = drive(&session, inFlight: &inFlight) {
          require($0.bytes.readableBytes == 2, "a raw answer")
        }
      }
    },
  ]

  /// Drives a session as a connection does; gives false once it has ended.
  private static func drive(
    _ session: inout some ServingSession, inFlight: inout Int, check: (ServingReply) -> Void
  ) -> Bool {
    while true {
      switch session.next(inFlight: inFlight, isDraining: false) {
      case .wait:
        guard inFlight > 0 else { return true }
        // As if the model had answered: one way, then another.
        let outcomes: [InferenceOutcome] = [
          .answered([]), .expired, .failed("It broke."),
        ]
        check(session.answer(UInt32(inFlight), outcomes[inFlight % outcomes.count]))
        inFlight -= 1
      case .reply(let reply): check(reply)
      case .infer(let sample, _, _, _):
        require(sample.bytes.count == Model.input.gate.sampleBytes, "a sample's size")
        inFlight += 1
      case .end(let reply):
        check(reply)
        return false
      }
    }
  }

  private static func checkWireReply(_ reply: ServingReply) {
    var decoder = WireFrameDecoder(
      minimumLength: WireProtocol.responseHeaderBytes, maximumLength: 1 << 20)
    decoder.append(reply.bytes)
    guard let frame = try? decoder.next(), let response = try? WireResponse(frame: frame) else {
      return require(false, "an answer that the client can read")
    }
    require(response.status == reply.status, "an answer's status")
  }
}

/// What is served: small, so that a whole sample is within a mutation's reach.
enum Model {
  static let description = ServedModelDescription(
    name: "small", digest: "sha256:0", classes: ["a", "b", "c"], shape: [2, 2, 3],
    elementType: .uint8)
  static let input: ServedInput = {
    guard let input = ServedInput(description) else { fatalError("the model cannot be served") }
    return input
  }()
  static let tokens: AcceptedTokens = {
    guard let token = try? BearerToken("0123456789abcdef", source: "here") else {
      fatalError("the token is none")
    }
    return AcceptedTokens([token])
  }()
}
