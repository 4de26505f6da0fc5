#if OpenInference
  internal import NIOCore

  /// Ends what is stuck, a connection or a call: what its peer has begun does not come in time, or the peer
  /// does not read. It belongs to one channel and is used on its event loop.
  final class StallWatch {
    /// What has to come within each limit, so that a peer which trickles holds nothing for long.
    static let leastBytes = 64 << 10

    /// How long a peer may take to send what it has begun, or to read.
    let limit: TimeAmount
    /// Whether the server itself reads nothing, so that no peer can be blamed.
    var isPaused = false
    private var wholeBy: NIODeadline?
    private var bytes = 0
    private var unwritableSince: NIODeadline?
    private var loop: (any EventLoop)?
    private var timer: Scheduled<Void>?

    init(limit: TimeAmount) { self.limit = limit }

    private var now: NIODeadline { loop?.now ?? .now() }

    /// Begins to watch; a peer that says nothing at all counts as one that has begun.
    func start(_ channel: any Channel) {
      start(on: channel.eventLoop) { channel.close(promise: nil) }
    }

    /// Begins to watch.
    ///
    /// - Parameter isStuck: called once, if it is.
    func start(on loop: any EventLoop, isStuck: @escaping () -> Void) {
      self.loop = loop
      allowMoreTime()
      watch(on: loop, isStuck: isStuck)
    }

    func stop() { timer?.cancel() }

    /// Something has begun; its time runs, unless it did already.
    func began() {
      if wholeBy == nil { allowMoreTime() }
    }

    /// So much more of what has begun is there: its time begins anew where that is enough.
    func received(_ count: Int) {
      bytes += count
      if bytes >= Self.leastBytes { allowMoreTime() }
    }

    private func allowMoreTime() {
      wholeBy = now + limit
      bytes = 0
    }

    /// Whether something has begun that is not there whole.
    var isWaiting: Bool { wholeBy != nil }

    /// What was being received is there whole.
    func ended() { wholeBy = nil }

    func writabilityChanged(to isWritable: Bool) {
      unwritableSince = isWritable ? nil : now
    }

    private func watch(on loop: any EventLoop, isStuck: @escaping () -> Void) {
      timer = loop.assumeIsolated().scheduleTask(in: .nanoseconds(limit.nanoseconds / 2)) {
        if self.isPaused, self.wholeBy != nil { self.allowMoreTime() }
        let now = self.now
        let doesNotRead = self.unwritableSince.map { $0 + self.limit <= now } ?? false
        if doesNotRead || self.wholeBy.map({ $0 <= now }) ?? false {
          isStuck()
        } else {
          self.watch(on: loop, isStuck: isStuck)
        }
      }
    }
  }
#endif
