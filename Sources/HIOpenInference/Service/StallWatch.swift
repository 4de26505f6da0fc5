#if OpenInference
  internal import NIOCore

  /// Ends a connection that is stuck: what its peer has begun is not whole in time, or the peer does not
  /// read. It belongs to one connection and is used on its event loop.
  final class StallWatch {
    /// How long a peer may take to send what it has begun, or to read.
    let limit: TimeAmount
    /// When what is being received has to be there whole; nil while nothing is.
    private(set) var wholeBy: NIODeadline?
    private var unwritableSince: NIODeadline?
    private var timer: Scheduled<Void>?

    init(limit: TimeAmount) { self.limit = limit }

    /// Begins to watch; a peer that says nothing at all counts as one that has begun.
    func start(_ channel: any Channel) {
      allowMoreTime()
      watch(channel)
    }

    func stop() { timer?.cancel() }

    /// Something has begun; its time runs, unless it did already.
    func began() {
      if wholeBy == nil { allowMoreTime() }
    }

    /// What is being received goes on well: its time begins anew.
    func allowMoreTime() { wholeBy = .now() + limit }

    /// What was being received is there whole.
    func ended() { wholeBy = nil }

    func writabilityChanged(to isWritable: Bool) {
      unwritableSince = isWritable ? nil : .now()
    }

    private func watch(_ channel: any Channel) {
      timer = channel.eventLoop.assumeIsolated().scheduleTask(
        in: .nanoseconds(limit.nanoseconds / 2)
      ) {
        let now = NIODeadline.now()
        let stuck = self.unwritableSince.map { $0 + self.limit <= now } ?? false
        if stuck || self.wholeBy.map({ $0 <= now }) ?? false {
          channel.close(promise: nil)
        } else {
          self.watch(channel)
        }
      }
    }
  }
#endif
