internal import HIPlanning

/// A plan: for every requirement, all options side by side, and which one wins.
enum PlanSections {
  static func sections(_ plan: QoSPlan?) -> [ReportSection] {
    guard let plan else { return [] }
    return plan.answers.enumerated().map { number, answer in
      var section = ReportSection("Requirement on \(answer.question.name)")
      section.words = [answer.statement]
      section.figures = [
        figure(
          answer, number, "accuracy", "%",
          answer.question.requirement.minimumAccuracy.map { 100 * $0 }
        ) {
          (100 * $0.accuracy, $0.accuracyInterval95.map { (100 * $0.lower, 100 * $0.upper) })
        },
        figure(answer, number, "latency", "ms", answer.question.requirement.maximumLatencyMs) {
          ($0.lpiMs, $0.lpiInterval95.map { ($0.lower, $0.upper) })
        },
        figure(answer, number, "energy", "mJ", answer.question.requirement.maximumEnergyMj) {
          ($0.epiMj, $0.epiInterval95.map { ($0.lower, $0.upper) })
        },
      ].compactMap { $0 }
      return section
    }
  }

  private static func figure(
    _ answer: QoSAnswer, _ number: Int, _ quantity: String, _ unit: String, _ limit: Double?,
    _ value: (PlanOption) -> (value: Double?, interval: (lower: Double, upper: Double)?)
  ) -> Figure? {
    let options = answer.options.compactMap { option in
      value(option).value.map { (option, $0, value(option).interval) }
    }
    guard !options.isEmpty else { return nil }
    let isShare = unit == "%"
    let axis = Axis(
      quantity: isShare ? quantity : "\(quantity) per inference", unit: unit,
      domain: .covering(
        (isShare ? [] : [0]) + (limit.map { [$0] } ?? [])
          + options.flatMap { [$0.1, $0.2?.lower ?? $0.1, $0.2?.upper ?? $0.1] },
        limits: isShare ? 0...100 : nil))
    let rows = options.map { option, mean, interval in
      let name = "\(option.strategy.rawValue) (\(option.model))"
      let colour = Palette.colour(ofStrategy: option.strategy.rawValue)
      let text = "\(name): \(axis.text(mean))"
      let wins = option == answer.winner
      let mark: RowMark =
        isShare
        ? .dot(mean, colour: colour, shape: .of(colour: colour), series: name, text: text)
        : .bar(from: 0, to: mean, colour: colour, series: name, text: text)
      let range = interval.map { [RowMark.interval(lower: $0.lower, upper: $0.upper)] } ?? []
      return RowChart.Row(
        label: name + (wins ? " – chosen" : ""), valueText: axis.text(mean),
        marks: isShare ? range + [mark] : [mark] + range)
    }
    let requirement = limit.map {
      "required: at \(isShare ? "least" : "most") \(axis.text($0))"
    }
    return Figure(
      id: "plan-\(number + 1)-\(quantity)",
      finding: finding(answer, options.map { ($0.0, $0.1) }, axis, isShare),
      note:
        "On the test traces, with 95% intervals. \(requirement.map { $0.prefix(1).uppercased() + $0.dropFirst() + "." } ?? "")",
      alternative: "\(options.count) options, by \(quantity).",
      table: DataTable(
        columns: [
          "strategy", "model", "\(quantity) \(unit)", "lower", "upper", "offloaded %", "meets",
        ],
        rows: options.map { option, mean, interval in
          [
            .text(option.strategy.rawValue), .text(option.model), .number(mean),
            .optional(interval?.lower), .optional(interval?.upper),
            .number(100 * option.offloadFraction),
            .text(option.meets(answer.question.requirement) ? "yes" : "no"),
          ]
        })
    ) {
      RowChart(
        axis: axis, rows: rows, reference: limit.map { ($0, requirement ?? "") },
        legend: Legend(
          entries: requirement.map { [.init(text: $0, colour: 0, symbol: .reference)] } ?? [])
      ).drawing(id: $0, title: $1, description: $2)
    }
  }

  private static func finding(
    _ answer: QoSAnswer, _ options: [(PlanOption, Double)], _ axis: Axis, _ isShare: Bool
  ) -> String {
    if let winner = answer.winner, let own = options.first(where: { $0.0 == winner }) {
      return "\(winner.strategy.rawValue) (\(winner.model)), the choice, "
        + (isShare ? "is right on \(axis.text(own.1))" : "takes \(axis.text(own.1))")
    }
    let best = isShare ? options.max { $0.1 < $1.1 } : options.min { $0.1 < $1.1 }
    return best.map {
      "Nothing meets the requirement; \($0.0.strategy.rawValue) comes to \(axis.text($0.1))"
    }
      ?? axis.title
  }
}
