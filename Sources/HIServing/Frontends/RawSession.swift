internal import HITransport
internal import NIOCore

/// A connection in raw mode: exactly a sample's bytes in, two bytes out, the class in big-endian;
/// 0xFFFF is a failure. Answers have no number, so one sample is run at a time and in order.
struct RawSession: ServingSession {
  static let frontEnd = FrontEnd.raw

  /// What stands for a failure of any sort.
  static let failure: UInt16 = 0xFFFF

  private let source: @Sendable () -> ServedInput?
  private var gate: SampleGate
  private let deadlineMilliseconds: UInt32
  private var buffer = ByteBuffer()

  /// Makes a session.
  ///
  /// - Parameters:
  ///   - input: what the model takes when the connection comes.
  ///   - source: what it takes now, nil while it is not loaded; may change between samples.
  ///   - deadlineMilliseconds: raw clients cannot say a deadline, so this one holds; 0 for none.
  init(
    input: ServedInput, source: @escaping @Sendable () -> ServedInput?,
    deadlineMilliseconds: UInt32
  ) {
    gate = input.gate
    self.source = source
    self.deadlineMilliseconds = deadlineMilliseconds
  }

  var hasPartialRequest: Bool { buffer.readableBytes > 0 }

  var wantsBytes: Bool { buffer.readableBytes < gate.sampleBytes }

  mutating func append(_ bytes: ByteBuffer) {
    if buffer.readableBytes == 0 {
      buffer = bytes
    } else {
      buffer.discardReadBytes()
      buffer.writeImmutableBuffer(bytes)
    }
  }

  mutating func next(inFlight: Int, isDraining: Bool) -> ServingStep {
    if let input = source() { gate = input.gate }
    guard inFlight == 0, let bytes = buffer.readSlice(length: gate.sampleBytes) else {
      return .wait
    }
    if buffer.readableBytes == 0 { buffer = ByteBuffer() }
    guard !isDraining else { return .reply(refusal(0)) }
    guard let sample = gate.sample(of: bytes) else {
      return .reply(Self.reply(Self.failure, .badRequest))
    }
    return .infer(
      sample, deadlineMilliseconds: deadlineMilliseconds, ticket: 0, extensions: WireExtensions())
  }

  func answer(_ ticket: UInt32, _ outcome: InferenceOutcome) -> ServingReply {
    switch outcome {
    case .answered(let answers):
      guard let prediction = answers.first?.prediction,
        let answer = UInt16(exactly: prediction), answer != Self.failure
      else {
        return Self.reply(Self.failure, .modelFailed)
      }
      return Self.reply(answer, .ok)
    case .expired: return Self.reply(Self.failure, .deadlineExceeded)
    case .failed(let reason):
      return Self.reply(Self.failure, .modelFailed, reason: reason)
    }
  }

  func refusal(_ ticket: UInt32) -> ServingReply {
    Self.reply(Self.failure, .overloaded)
  }

  private static func reply(
    _ answer: UInt16, _ status: WireStatus, reason: String = ""
  ) -> ServingReply {
    ServingReply(
      bytes: ByteBuffer(integer: answer, endianness: .big), status: status, reason: reason)
  }
}
