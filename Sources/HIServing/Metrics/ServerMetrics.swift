public import HITransport
internal import Synchronization

/// Counters of a server, safe to use from any thread.
final class ServerMetrics: Sendable {
  private let connections = Atomic<Int>(0)
  private let refusedConnections = Atomic<Int>(0)
  private let accepted = Atomic<Int>(0)
  private let ok = Atomic<Int>(0)
  private let overloaded = Atomic<Int>(0)
  private let deadlineExceeded = Atomic<Int>(0)
  private let badRequest = Atomic<Int>(0)
  private let modelFailed = Atomic<Int>(0)
  private let notAuthorised = Atomic<Int>(0)
  private let otherModel = Atomic<Int>(0)

  func connectionOpened() { connections.add(1, ordering: .relaxed) }
  func connectionRefused() { refusedConnections.add(1, ordering: .relaxed) }
  func requestAccepted() { accepted.add(1, ordering: .relaxed) }

  func answered(_ status: WireStatus) {
    switch status {
    case .ok: ok.add(1, ordering: .relaxed)
    case .overloaded: overloaded.add(1, ordering: .relaxed)
    case .deadlineExceeded: deadlineExceeded.add(1, ordering: .relaxed)
    case .badRequest: badRequest.add(1, ordering: .relaxed)
    case .modelFailed: modelFailed.add(1, ordering: .relaxed)
    case .notAuthorised: notAuthorised.add(1, ordering: .relaxed)
    case .otherModel: otherModel.add(1, ordering: .relaxed)
    }
  }

  var snapshot: ServerCounts {
    ServerCounts(
      connections: connections.load(ordering: .relaxed),
      refusedConnections: refusedConnections.load(ordering: .relaxed),
      accepted: accepted.load(ordering: .relaxed),
      answered: [
        .ok: ok.load(ordering: .relaxed),
        .overloaded: overloaded.load(ordering: .relaxed),
        .deadlineExceeded: deadlineExceeded.load(ordering: .relaxed),
        .badRequest: badRequest.load(ordering: .relaxed),
        .modelFailed: modelFailed.load(ordering: .relaxed),
        .notAuthorised: notAuthorised.load(ordering: .relaxed),
        .otherModel: otherModel.load(ordering: .relaxed),
      ])
  }
}

/// What a server has counted since it was started.
public struct ServerCounts: Sendable, Equatable {
  /// Connections taken, on all ports.
  public let connections: Int
  /// Connections turned away because there were too many.
  public let refusedConnections: Int
  /// Requests that went to the model's queue.
  public let accepted: Int
  /// Answers of all kinds of request, by their status.
  public let answered: [WireStatus: Int]
}
