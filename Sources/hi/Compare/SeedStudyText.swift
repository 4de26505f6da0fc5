import HIPlanning

extension SeedStudy {
  /// The table as a person reads it.
  var text: String {
    var table = TextTable(header: [
      "decision module", "F1", "AUROC", "AURC", "offloaded", "fewer than paper's", "95% over seeds",
      "over halvings", "extra inferences",
    ])
    for row in rows {
      table.rows.append([
        row.tuning.map { "\($0): \(row.name)" } ?? row.name,
        row.f1?.fixed(3) ?? "-", row.auroc?.fixed(3) ?? "-",
        row.riskCoverageArea?.fixed(4) ?? "-", row.offloadFraction.percent(1),
        row.saving.percent(1), row.savingInterval95.map(range) ?? "-", range(row.halvingRange),
        row.extraInferences.fixed(2),
      ])
    }
    let right = accuracies.map { accuracy in
      "\(accuracy.tuning ?? "untuned") \(accuracy.lastExit.map { $0.percent(2) }.joined(separator: ", "))"
    }
    return "\(models.joined(separator: ", ")); \(samples) samples, offloads answered by \(remote): "
      + "1 to 10 points above the untuned local model, \(halvings) halvings of each\n"
      + "last exit's accuracy: \(right.joined(separator: "; "))\n\(table.text)"
  }

  private func range(_ interval: Interval) -> String {
    "\((interval.lower * 100).fixed(1)) to \((interval.upper * 100).fixed(1))"
  }
}
