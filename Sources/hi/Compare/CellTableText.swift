import HIPlanning

extension CellTable {
  /// The table as a person reads it, a block a remote model.
  var text: String {
    var blocks = summaries.map { summary in
      var table = TextTable(header: [
        "model", "device", "required", "", "paper's", "thresholds", "ours", "saving",
        "over halvings", "oracle", "gap closed", "accuracy paper's", "ours", "offloaded", "ours",
      ])
      for cell in cells where cell.remote == summary.remote {
        let comparison = cell.comparison
        table.rows.append(
          row(cell, "LPI ms", comparison.latency, required: comparison.requiredAccuracy))
        if let energy = comparison.energy {
          table.rows.append(row(cell, "EPI mJ", energy, required: comparison.requiredAccuracy))
        }
      }
      return """
        \(dataset), \(samples) samples of \(split), offloads answered by \(summary.remote)\
        \(margin > 0 ? ", ours asked for \((margin * 100).fixed(2)) points more" : "")\
        \(folds.map { ", ours asked for what \($0) folds say that it falls short by" } ?? "")
        \(table.text)
        mean of \(summary.cells) cells: \(summary.latencySaving.percent(1)) less latency\
        \(summary.energySaving.map { ", \($0.percent(1)) less energy" } ?? ""); \
        \(summary.gapClosed.percent(1)) of the gap to the oracle closed
        \(summary.statement)
        """
          + (summary.lost.isEmpty ? "" : "\nlost: " + summary.lost.joined(separator: "; "))
    }
    blocks += missing
    return blocks.joined(separator: "\n\n")
  }

  private func row(
    _ cell: Cell, _ unit: String, _ figures: MethodComparison.Figures, required: Double
  ) -> [String] {
    let interval = figures.savingInterval95
    return [
      cell.model, cell.device, required.percent(1), unit, figures.paper.cost.fixed(3),
      figures.thresholds.cost.fixed(3), figures.ours.cost.fixed(3), figures.saving.percent(1),
      "\((interval.lower * 100).fixed(1)) to \((interval.upper * 100).fixed(1))",
      figures.oracle.fixed(3), figures.gapClosed.percent(0), figures.paper.accuracy.percent(2),
      figures.ours.accuracy.percent(2), figures.paper.offloadFraction.percent(1),
      figures.ours.offloadFraction.percent(1),
    ]
  }
}
