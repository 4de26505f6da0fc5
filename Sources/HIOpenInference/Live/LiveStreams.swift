internal import Synchronization

/// How many event streams are open, and no more than may be.
final class LiveStreams: Sendable {
  let limit: Int
  private let open = Atomic(0)

  init(limit: Int) { self.limit = limit }

  /// How many are open now.
  var count: Int { open.load(ordering: .relaxed) }

  /// A place for one more stream; nil where all are taken.
  func enter() -> Place? {
    guard open.add(1, ordering: .relaxed).newValue <= limit else {
      open.subtract(1, ordering: .relaxed)
      return nil
    }
    return Place(streams: self)
  }

  /// A stream's place. It is given back once: by ``leave()``, or with the last reference where the
  /// response was never begun.
  final class Place: Sendable {
    private let streams: LiveStreams
    private let left = Atomic(false)

    fileprivate init(streams: LiveStreams) { self.streams = streams }

    func leave() {
      guard !left.exchange(true, ordering: .relaxed) else { return }
      streams.open.subtract(1, ordering: .relaxed)
    }

    deinit { leave() }
  }
}
