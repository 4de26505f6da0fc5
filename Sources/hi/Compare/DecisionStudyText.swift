import HIPlanning

extension DecisionStudy {
  /// The table as a person reads it.
  var text: String {
    var table = TextTable(header: [
      "decision module", "F1", "AUROC", "AURC", "offloaded", "fewer than paper's", "least to most",
      "extra inferences",
    ])
    for row in rows {
      table.rows.append([
        row.name, row.f1.map { $0.fixed(3) } ?? "-", row.auroc.map { $0.fixed(3) } ?? "-",
        row.riskCoverageArea.map { $0.fixed(4) } ?? "-", row.offloadFraction.percent(1),
        row.saving.percent(1),
        "\((row.savingRange.lower * 100).fixed(1)) to \((row.savingRange.upper * 100).fixed(1))",
        row.extraInferences.fixed(2),
      ])
    }
    return "\(model), offloads answered by \(remote): 1 to 10 points above the local model, "
      + "\(halvings) halvings\n\(table.text)"
  }
}
