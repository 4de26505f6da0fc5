import HIData
import HIRuntime
import HITransport
import HierarchicalInference
import Synchronization

/// A stand-in for the local model: it answers from a script, so that a test knows what must follow.
struct ScriptedLocalModel: LocalModel {
  var logits: [[Float]]
  var exitCount: Int { logits.count }

  func run(_ sample: Sample, policy: Policy) async throws -> LocalOutcome {
    var answers: [Observation] = []
    var verdict = Verdict.continue
    for exit in logits where verdict == .continue {
      answers.append(Observation(logits: exit.span))
      verdict = policy.verdict(after: answers.span)
    }
    return LocalOutcome(
      answers: answers, verdict: verdict, duration: .milliseconds(1), decisionDuration: .zero)
  }
}

/// A stand-in for the remote model: it gives the outcomes of a script, one a call, and keeps the
/// deadlines that it was given.
final class ScriptedRemoteModel: RemoteModel {
  private let state: Mutex<(outcomes: [Result<RemoteAnswer, OffloadError>], deadlines: [Duration])>

  init(_ outcomes: [Result<RemoteAnswer, OffloadError>]) {
    state = Mutex((outcomes, []))
  }

  var deadlines: [Duration] { state.withLock { $0.deadlines } }

  func classify(_ sample: Sample, deadline: Duration) async throws(OffloadError) -> RemoteAnswer {
    let outcome = state.withLock { state in
      state.deadlines.append(deadline)
      return state.outcomes.removeFirst()
    }
    return try outcome.get()
  }

  func close() async {}
}
