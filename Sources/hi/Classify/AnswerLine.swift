import HIRuntime
import HITransport
import HierarchicalInference

/// A picture's answer as one line: class, confidence, who answered and why.
struct AnswerLine {
  private let imageWidth: Int
  private let classWidth: Int
  private let classes: [String]
  private let policy: Policy
  private let terminal: Terminal

  /// Columns are as wide as the widest that can come, so that lines can be printed one by one.
  init(images: [String], classes: [String], policy: Policy, terminal: Terminal) {
    imageWidth = images.map(\.count).max() ?? 0
    classWidth = classes.map(\.count).max() ?? 0
    self.classes = classes
    self.policy = policy
    self.terminal = terminal
  }

  func text(_ image: String, _ answer: Classification) -> String {
    let name = name(answer.prediction)
    let who = answer.answeredBy.name
    let percent = Double(answer.confidence).percent(1)
    return [
      image.padded(to: imageWidth),
      Tone.heading.applied(to: name, on: terminal) + padding(name, classWidth),
      String(repeating: " ", count: max(0, 6 - percent.count)) + percent,
      tone(answer.answeredBy).applied(to: who, on: terminal) + padding(who, 8),
      why(answer),
    ].joined(separator: "  ")
  }

  /// The reason in words, with the score that decided.
  func why(_ answer: Classification) -> String {
    switch answer.reason {
    case .accepted:
      return answer.localAnswers.count < policy.exits.count
        ? "exit \(answer.localAnswers.count) was sure enough\(score(answer))"
        : policy.exits.last?.module == .acceptAll
          ? "the local model answers" : "the local model was sure enough\(score(answer))"
    case .offloaded: return "not sure\(score(answer))\(localOpinion(answer))"
    case .offloadFailed(let error):
      return "not sure\(score(answer)), and the remote model did not answer: \(error.words)"
    }
  }

  /// `: 0.93, at least 0.50`, by the module of the exit that decided; nothing where none scores.
  private func score(_ answer: Classification) -> String {
    let exit = answer.localAnswers.count
    guard exit > 0, exit <= policy.exits.count else { return "" }
    let module = policy.exits[exit - 1].module
    switch module {
    case .acceptAll, .acceptNone: return ""
    default: break
    }
    let score = Double(module.score(answer.localAnswers.span))
    let threshold = Double(module.threshold)
    return score >= threshold
      ? " (\(score.fixed(3)) >= \(threshold.fixed(3)))"
      : " (\(score.fixed(3)) < \(threshold.fixed(3)))"
  }

  private func localOpinion(_ answer: Classification) -> String {
    guard let last = answer.localAnswers.last else { return "" }
    let confidence = Double(last.confidence).percent(1)
    return last.prediction == answer.prediction
      ? "; the local model agrees at \(confidence)"
      : "; the local model said \(name(last.prediction)) at \(confidence)"
  }

  private func name(_ index: Int) -> String {
    classes.indices.contains(index) ? classes[index] : "class \(index)"
  }

  private func tone(_ answerer: Answerer) -> Tone {
    switch answerer {
    case .earlyExit, .local: .good
    case .remote: .remote
    case .fallback: .caution
    }
  }

  private func padding(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count))
  }
}

extension String {
  /// The text with spaces behind it up to a width.
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}

extension OffloadError {
  /// Why there was no answer, in a few words.
  var words: String {
    switch self {
    case .unreachable(let reason): reason
    case .connectionClosed: "the connection ended"
    case .deadlineExceeded: "the deadline passed"
    case .overloaded: "it is overloaded"
    case .rejected(let reason): "it refused the sample (\(reason))"
    case .modelFailed(let reason): "it failed on the sample (\(reason))"
    case .notAuthorised: "it wants other credentials"
    case .protocolViolation(let reason): "it broke the protocol (\(reason))"
    case .otherModel(let reason), .circuitOpen(let reason): reason
    case .cancelled: "the call was cancelled"
    }
  }
}
