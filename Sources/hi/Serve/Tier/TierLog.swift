import HIData
import HIRuntime
import HIServing
import HITrace
import HITransport
import Logging
import Synchronization

/// What a tier has answered: counts, a line where upstream fails, and a recording where one is asked for.
final class TierLog: Sendable {
  private struct State {
    var answers: [String: Int] = [:]
    var fallbacks: [String: Int] = [:]
    var news = FallbackNews()
  }

  private let state = Mutex(State())
  private let recorder: RunRecorder?
  private let options: RecordOptions
  private let logger: Logger

  init(_ options: RecordOptions, metadata: RecordingMetadata, logger: Logger) throws {
    self.options = options
    self.logger = logger
    recorder = try options.recorder(metadata)
  }

  /// Counts and records an answer.
  func took(_ answer: Classification, to sample: Sample) {
    let now = ContinuousClock.now
    let news = state.withLock { state -> FallbackNews.Line? in
      state.answers[answer.answeredBy.name, default: 0] += 1
      switch answer.reason {
      case .accepted: return nil
      case .offloaded: return state.news.answered(now - (answer.latency.offload ?? .zero))
      case .offloadFailed(let error):
        state.fallbacks[error.reason, default: 0] += 1
        return state.news.fellBack(at: now)
      }
    }
    if let news { tell(news, of: answer.reason) }
    recorder?.record(RunRecord(answer, input: options.input(of: sample)))
  }

  private func tell(_ news: FallbackNews.Line, of reason: Reason) {
    switch news {
    case .began:
      guard case .offloadFailed(let error) = reason else { return }
      // A server's own words can be in it: one line stays one line, and a short one.
      let words = error.words.prefix(300).split(whereSeparator: \.isNewline).joined(separator: " ")
      logger.warning(
        "samples for upstream are answered here: \(words)",
        metadata: ["reason": .string(error.reason)])
    case .ended(let fallbacks):
      logger.warning(
        "upstream answers again", metadata: ["fallbacks": .stringConvertible(fallbacks)])
    }
  }

  /// What there is to measure.
  ///
  /// - Parameters:
  ///   - exits: how many exits the local model has; each may answer.
  ///   - upstreams: what was seen of the servers that are asked.
  func snapshot(
    exits: Int, upstreams: [ResilienceStatistics.Endpoint]
  ) -> TierSnapshot {
    let (answers, fallbacks) = state.withLock { ($0.answers, $0.fallbacks) }
    // Who has not answered yet is there too: a series that begins at 1 has no increase.
    let everybody = (1..<max(1, exits)).map(Answerer.earlyExit) + [.local, .remote, .fallback]
    let none = Dictionary(everybody.map { ($0.name, 0) }) { first, _ in first }
    return TierSnapshot(
      answers: none.merging(answers) { $1 }, fallbacks: fallbacks,
      upstreams: upstreams.map {
        TierSnapshot.Upstream(
          name: $0.name, attempts: $0.attempts, failures: $0.failures, isLeftAlone: !$0.isClosed)
      })
  }

  /// Who answered how often: `: exit1 60, local 10, remote 30`; empty where nobody did.
  var summary: String {
    let answers = state.withLock { $0.answers }.sorted { $0.key < $1.key }
    return answers.isEmpty
      ? "" : ": " + answers.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }

  /// Writes what waits, and says what was not written.
  func finish(saying say: (String) -> Void) {
    if let path = options.record { recorder?.finish().tell(path, say) }
  }
}
