#if OpenInference
  internal import NIOCore

  /// Tells when a connection has had no request for too long. Requests themselves set no timer. It belongs to
  /// one channel and is used on its event loop.
  final class IdleWatch {
    private let limit: TimeAmount
    private var openRequests = 0
    private var quietSince = NIODeadline.uptimeNanoseconds(0)
    private var timer: Scheduled<Void>?

    /// - Parameter limit: how long a connection may be without a request.
    init(limit: TimeAmount) { self.limit = limit }

    /// Whether a request is not answered to its end.
    var hasRequests: Bool { openRequests > 0 }

    /// Begins to watch; the time without a request begins anew.
    ///
    /// - Parameter isIdle: called once, if it is; to watch on it is started again.
    func start(on loop: any EventLoop, isIdle: @escaping () -> Void) {
      quietSince = loop.now
      watch(on: loop, in: limit, isIdle: isIdle)
    }

    func stop() { timer?.cancel() }

    func requestBegan() { openRequests += 1 }

    func requestEnded(at now: NIODeadline) {
      openRequests -= 1
      quietSince = now
    }

    private func watch(on loop: any EventLoop, in time: TimeAmount, isIdle: @escaping () -> Void) {
      timer = loop.assumeIsolated().scheduleTask(in: time) {
        let left = self.hasRequests ? self.limit : self.quietSince + self.limit - loop.now
        if left > .zero {
          self.watch(on: loop, in: left, isIdle: isIdle)
        } else {
          isIdle()
        }
      }
    }
  }
#endif
