import HIData

@testable import HITransport

/// The wire protocol by hand, for servers that are scripts, and a client that finds them again soon.
enum ScriptedWire {
  static let sample = Sample(elementType: .uint8, shape: [1, 2, 2], bytes: [7, 0, 0, 0])!

  /// What a request frame of this client holds, read by hand.
  struct Asked {
    let id: UInt32
    let kind: UInt8
    let milliseconds: UInt32

    init?(_ frame: [UInt8]?) {
      guard let frame, frame.count >= 16 else { return nil }
      func word(_ at: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(frame[at + $1]) << UInt32(8 * $1) }
      }
      kind = frame[1]
      id = word(4)
      milliseconds = word(8)
    }
  }

  static func answer(
    _ id: UInt32, kind: UInt8 = 129, status: UInt8 = 0, prediction: UInt32 = 3,
    confidence: Float = 0.5, message: String = ""
  ) -> [UInt8] {
    func word(_ value: UInt32) -> [UInt8] {
      (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
    return word(UInt32(20 + message.utf8.count)) + [1, kind, status, 0] + word(id)
      + word(prediction) + word(confidence.bitPattern) + word(12) + Array(message.utf8)
  }

  /// Lends a client of a port, and closes it.
  static func withClient(
    port: Int, configure: (inout WireClientConfiguration) -> Void = { _ in },
    _ body: (WireRemoteModel) async throws -> Void
  ) async throws {
    var configuration = WireClientConfiguration()
    configuration.initialBackoff = .milliseconds(5)
    configuration.maximumBackoff = .milliseconds(20)
    configure(&configuration)
    let client = WireRemoteModel(
      endpoint: RemoteEndpoint(host: "127.0.0.1", port: port), configuration: configuration)
    try await body(client)
    await client.close()
  }
}

extension WireRemoteModel {
  /// What becomes of the sample.
  func outcome(
    within deadline: Duration = .seconds(20)
  ) async -> Result<RemoteAnswer, OffloadError> {
    do throws(OffloadError) {
      return .success(try await classify(ScriptedWire.sample, deadline: deadline))
    } catch {
      return .failure(error)
    }
  }

  /// The sample's class; nil where there is no answer.
  func prediction() async -> Int? { try? await outcome().get().prediction }

  /// Calls until the client works again; the suite's time limit bounds it.
  func untilAnswered(within deadline: Duration = .seconds(20)) async -> RemoteAnswer? {
    while !Task.isCancelled {
      if case .success(let answer) = await outcome(within: deadline) { return answer }
      await Task.yield()
    }
    return nil
  }
}
