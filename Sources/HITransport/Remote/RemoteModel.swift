public import HIData
internal import Tracing

/// A large model somewhere else that classifies a sample when it is asked.
///
/// The device side needs no more than this of a server; the HI wire protocol, and later REST and gRPC,
/// are conformances.
public protocol RemoteModel: Sendable {
  /// Asks for a sample's class.
  ///
  /// The call returns or throws by the deadline, whatever the network and the server do, and gives
  /// each sample exactly one outcome.
  ///
  /// - Parameters:
  ///   - sample: what to classify, of the remote model's input type and shape.
  ///   - deadline: how long the caller waits, from now.
  /// - Throws: why there is no answer.
  func classify(_ sample: Sample, deadline: Duration) async throws(OffloadError) -> RemoteAnswer

  /// Asks for the classes of several samples at once; one outcome each, in their order.
  ///
  /// Returns by the deadline, as for one.
  func classify(
    _ samples: [Sample], deadline: Duration
  ) async -> [Result<RemoteAnswer, OffloadError>]

  /// Where a task that offloads one sample after the other runs best; nil where it does not matter.
  /// What runs there must not block.
  var preferredExecutor: (any TaskExecutor)? { get }

  /// Lets go of connections; calls under way end with ``OffloadError/connectionClosed``.
  func close() async
}

extension RemoteModel {
  /// It does not matter.
  public var preferredExecutor: (any TaskExecutor)? { nil }

  /// Asks for each by itself, all at the same time.
  public func classify(
    _ samples: [Sample], deadline: Duration
  ) async -> [Result<RemoteAnswer, OffloadError>] {
    await oneByOne(samples, deadline: deadline)
  }

  /// Asks for each by itself, all at the same time; one outcome each, in their order.
  ///
  /// Samples that were gathered to a group have their own deadlines, where these come before the group's.
  public func oneByOne(
    _ samples: [Sample], deadline: Duration
  ) async -> [Result<RemoteAnswer, OffloadError>] {
    await withTaskGroup(of: (Int, Result<RemoteAnswer, OffloadError>).self) { group in
      for (place, sample) in samples.enumerated() {
        group.addTask {
          let result = await InstrumentationContext.$current.withValue(
            GroupTraces.context(at: place)
          ) {
            await outcome(of: sample, deadline: GroupDeadlines.left(at: place, of: deadline))
          }
          return (place, result)
        }
      }
      var results = samples.map { _ in
        Result<RemoteAnswer, OffloadError>.failure(.cancelled)
      }
      for await (place, result) in group { results[place] = result }
      return results
    }
  }

  /// What becomes of one sample.
  ///
  /// Not inlined by hand into the closure above: returned from there with its place, Swift 6.3.1 gets the
  /// place wrong in optimised builds.
  private func outcome(
    of sample: Sample, deadline: Duration
  ) async -> Result<RemoteAnswer, OffloadError> {
    do throws(OffloadError) {
      return .success(try await classify(sample, deadline: deadline))
    } catch {
      return .failure(error)
    }
  }
}

/// What the remote model answered.
public struct RemoteAnswer: Sendable, Equatable {
  /// The class, an index into the model's class names.
  public let prediction: Int
  /// The highest softmax value, 0 to 1.
  public let confidence: Float
  /// How long the server had the request, from its last byte read to the answer ready to be written,
  /// as the server says.
  public let serverTime: Duration

  /// Makes an answer.
  public init(prediction: Int, confidence: Float, serverTime: Duration) {
    self.prediction = prediction
    self.confidence = confidence
    self.serverTime = serverTime
  }
}

/// Why an offload gave no answer.
public enum OffloadError: Error, Sendable, Equatable {
  /// No connection could be made; the text names the endpoint and the reason.
  case unreachable(String)
  /// The connection ended before the answer came.
  case connectionClosed
  /// Nothing came within the deadline, or the server said that it cannot make it.
  case deadlineExceeded
  /// The server's queue, or this side's, is full.
  case overloaded
  /// The server refused the request; its own words.
  case rejected(String)
  /// The remote model failed on this sample; the server's words.
  case modelFailed(String)
  /// The server wants other credentials.
  case notAuthorised
  /// The server broke the protocol.
  case protocolViolation(String)
  /// The server serves another model than the one that was agreed on; a sentence with both.
  case otherModel(String)
  /// The endpoints have failed so often that they are left alone for a while; a sentence.
  case circuitOpen(String)
  /// The caller's task was cancelled.
  case cancelled
}

extension OffloadError {
  /// The kind of failure without its words, as reports count it: `unreachable`, `connectionClosed` …
  public var reason: String {
    switch self {
    case .unreachable: "unreachable"
    case .connectionClosed: "connectionClosed"
    case .deadlineExceeded: "deadlineExceeded"
    case .overloaded: "overloaded"
    case .rejected: "rejected"
    case .modelFailed: "modelFailed"
    case .notAuthorised: "notAuthorised"
    case .protocolViolation: "protocolViolation"
    case .otherModel: "otherModel"
    case .circuitOpen: "circuitOpen"
    case .cancelled: "cancelled"
    }
  }
}
