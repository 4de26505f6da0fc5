internal import NIOCore
internal import Synchronization

/// The connections of a server, so that they can be counted, drained and closed.
final class ConnectionRegistry: Sendable {
  private struct State {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var isDraining = false
    var whenEmpty: CheckedContinuation<Void, Never>?
  }

  private let limit: Int
  private let state = Mutex(State())

  init(limit: Int) {
    self.limit = limit
  }

  /// How many connections there are.
  var count: Int { state.withLock { $0.channels.count } }

  /// Takes a connection in, or gives false where there are too many or the server shuts down.
  func add(_ channel: any Channel) -> Bool {
    state.withLock {
      guard $0.channels.count < limit, !$0.isDraining else { return false }
      $0.channels[ObjectIdentifier(channel)] = channel
      return true
    }
  }

  /// Lets a closed connection go.
  func remove(_ channel: any Channel) {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      state.channels[ObjectIdentifier(channel)] = nil
      guard state.channels.isEmpty else { return nil }
      return state.whenEmpty.take()
    }
    waiter?.resume()
  }

  /// Tells every connection to answer what it has and end; no new one is taken in.
  func drain() {
    let channels = state.withLock {
      $0.isDraining = true
      return Array($0.channels.values)
    }
    for channel in channels { channel.pipeline.fireUserInboundEventTriggered(ServerDrain()) }
  }

  /// Closes every connection.
  func closeAll() {
    let channels = state.withLock { Array($0.channels.values) }
    for channel in channels { channel.close(promise: nil) }
  }

  /// Waits until the last connection has closed. One caller at a time.
  func empty() async {
    await withCheckedContinuation { continuation in
      let isEmpty = state.withLock {
        if !$0.channels.isEmpty { $0.whenEmpty = continuation }
        return $0.channels.isEmpty
      }
      if isEmpty { continuation.resume() }
    }
  }
}

/// Tells a connection that the server shuts down.
struct ServerDrain: Sendable {}
