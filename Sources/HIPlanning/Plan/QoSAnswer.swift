/// Which option is best under a requirement, and by how much: a cell of the paper's Table 5.
public struct QoSAnswer: Codable, Sendable, Equatable {
  /// What was asked.
  public let question: QoSQuestion
  /// Every option, in the order given.
  public let options: [PlanOption]
  /// The best option that meets the requirement; nil where none does.
  public let winner: PlanOption?
  /// The best option of another strategy or model that meets it; nil where there is none.
  public let runnerUp: PlanOption?
  /// The option to fall back to where none meets the requirement.
  public let nearest: PlanOption?
  /// By which share of the runner-up's latency, or by how many shares of accuracy, the winner wins;
  /// nil without a runner-up.
  public let margin: Double?
  /// The answer in a sentence.
  public let statement: String

  /// Answers a question.
  ///
  /// Ties of the objective are decided by accuracy, then by latency.
  public init(_ question: QoSQuestion, options: [PlanOption]) {
    self.question = question
    self.options = options
    func value(_ option: PlanOption) -> Double {
      switch question.objective {
      case .latency: option.lpiMs
      case .energy: option.epiMj ?? .infinity
      case .offloadFraction: option.offloadFraction
      case .accuracy: -option.accuracy
      }
    }
    func better(_ a: PlanOption, _ b: PlanOption) -> Bool {
      if value(a) != value(b) { return value(a) < value(b) }
      return a.accuracy != b.accuracy ? a.accuracy > b.accuracy : a.lpiMs < b.lpiMs
    }
    let meeting = options.filter { $0.meets(question.requirement) }.sorted(by: better)
    winner = meeting.first
    runnerUp = meeting.dropFirst().first
    nearest = winner == nil ? Self.nearest(question.requirement, options) : nil
    if let winner, let runnerUp {
      margin =
        question.objective == .accuracy
        ? winner.accuracy - runnerUp.accuracy : 1 - value(winner) / value(runnerUp)
    } else {
      margin = nil
    }
    statement = Self.sentence(question, winner, runnerUp, nearest, margin)
  }

  /// Where nothing meets a requirement: the most accurate option for one on accuracy, else the
  /// cheapest in what is bounded.
  private static func nearest(
    _ requirement: Requirement, _ options: [PlanOption]
  ) -> PlanOption? {
    if requirement.maximumLatencyMs != nil { return options.min { $0.lpiMs < $1.lpiMs } }
    if requirement.maximumEnergyMj != nil {
      return options.min { ($0.epiMj ?? .infinity) < ($1.epiMj ?? .infinity) }
    }
    return options.max { $0.accuracy < $1.accuracy }
  }

  private static func sentence(
    _ question: QoSQuestion, _ winner: PlanOption?, _ runnerUp: PlanOption?,
    _ nearest: PlanOption?, _ margin: Double?
  ) -> String {
    func name(_ option: PlanOption) -> String { "\(option.strategy.rawValue) (\(option.model))" }
    guard let winner else {
      return "No option meets the \(question.name) requirement"
        + (nearest.map { "; \(name($0)) comes nearest." } ?? ".")
    }
    let hierarchy: Set<Strategy> = [.hi, .eeHi, .joint]
    let verdict =
      hierarchy.contains(winner.strategy)
      ? ""
      : " A plain \(winner.strategy == .remote ? "remote" : "local") strategy beats hierarchical inference here."
    guard let runnerUp, let margin else {
      return "Only \(name(winner)) meets the \(question.name) requirement." + verdict
    }
    let tenths = Double((margin * 1000).rounded()) / 10
    let by: String
    switch question.objective {
    case .accuracy: by = "\(tenths) points more accuracy"
    case .latency: by = "\(tenths)% less latency"
    case .energy: by = "\(tenths)% less energy"
    case .offloadFraction: by = "\(tenths)% fewer offloads"
    }
    return "\(name(winner)) wins with \(by) than \(name(runnerUp)).\(verdict)"
  }
}
