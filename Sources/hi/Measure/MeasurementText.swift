import HIPlanning
import HIRuntime

extension MeasurementReport {
  /// The figures as a person reads them, the kind of each behind it.
  var text: String {
    var table = TextTable(header: [
      "from the input to", "mean ms", "p50 ms", "p99 ms", "kind", "mean mJ", "kind",
    ])
    for figure in figures {
      let latency = figure.latency
      table.rows.append([
        figure.name, latency.meanMs.fixed(5), latency.p50Ms.fixed(5), latency.p99Ms.fixed(5),
        latency.source?.rawValue ?? "-", figure.energy.map { $0.meanMj.fixed(5) } ?? "-",
        figure.energy?.source.rawValue ?? "-",
      ])
    }
    let meter = meter.name.map { "meter: \($0)" } ?? "meter: none"
    return ([table.text, "model: \(model), \(meter)"] + profile.notes).joined(separator: "\n")
  }
}
