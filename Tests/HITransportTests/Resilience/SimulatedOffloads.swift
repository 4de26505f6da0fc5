@testable import HITransport

/// Calls one after the other over endpoints that are no more than a rule, on a clock that only they move.
struct SimulatedOffloads {
  /// What an endpoint does with an attempt.
  enum Reply {
    case ends(after: Duration, Result<RemoteAnswer, OffloadError>)
    /// Nothing comes, and the attempt ends at its limit.
    case hangs

    static func answers(after delay: Duration) -> Reply {
      .ends(after: delay, .success(RemoteAnswer(prediction: 3, confidence: 0.5, serverTime: .zero)))
    }

    static func fails(after delay: Duration, _ error: OffloadError) -> Reply {
      .ends(after: delay, .failure(error))
    }
  }

  /// How one call ended.
  struct Outcome {
    let result: Result<RemoteAnswer, OffloadError>
    let took: Duration
    /// The endpoints that were asked, in order.
    let asked: [Int]

    var isAnswered: Bool { if case .success = result { true } else { false } }
  }

  private typealias End = (
    at: ContinuousClock.Instant, number: Int, result: Result<RemoteAnswer, OffloadError>
  )

  var shared: OffloadCoordinator
  private(set) var now = ContinuousClock.now

  init(endpoints: Int = 2, seed: UInt64 = 1, configuration: ResilienceConfiguration) {
    shared = OffloadCoordinator(
      endpoints: endpoints, configuration: configuration, generator: SplitMix(seed: seed))
  }

  /// Nobody calls for a while.
  mutating func rest(_ duration: Duration) { now += duration }

  /// One call from its beginning to its end.
  mutating func call(
    deadline: Duration = .seconds(1), _ reply: (_ endpoint: Int) -> Reply
  ) -> Outcome {
    let began = now
    var call = OffloadCall(deadline: began + deadline)
    var asked: [Int] = []
    var due: [End] = []
    var steps = call.begin(at: now, &shared)
    while true {
      for step in steps {
        switch step {
        case .finish(let result):
          return Outcome(result: result, took: now - began, asked: asked)
        case .attempt(let number, let endpoint, let limit):
          asked.append(endpoint)
          switch reply(endpoint) {
          case .ends(let delay, let result) where delay < limit:
            due.append((now + delay, number, result))
          case .ends, .hangs: due.append((now + limit, number, .failure(.deadlineExceeded)))
          }
        }
      }
      let tick = call.nextTick
      if let next = due.indices.min(by: { due[$0].at < due[$1].at }), due[next].at <= tick {
        let event = due.remove(at: next)
        now = event.at
        steps = call.ended(event.number, event.result, at: now, &shared)
      } else {
        now = tick
        steps = call.tick(at: now, &shared)
      }
    }
  }
}
