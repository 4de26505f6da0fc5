/// A processor package's energy counter, as the kernel's powercap framework shows it.
struct RaplDomain: Sendable, Equatable {
  /// What the kernel calls it: "package-0".
  let name: String
  /// `energy_uj`, the counter in µJ.
  let counter: CounterFile
  /// `max_energy_range_uj`: the counter begins at 0 again behind it.
  let range: UInt64

  /// The packages of a machine. Their parts (core, uncore, DRAM) lie in them, and `psys` around them,
  /// so that adding those would count energy twice.
  ///
  /// - Parameter root: where the kernel's device tree is; `/sys`.
  static func packages(root: String) throws(MeterError) -> [RaplDomain] {
    let folder = root + "/class/powercap"
    var found: [RaplDomain] = []
    for entry in CounterFile.names(in: folder) {
      let parts = entry.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, parts[0] == "intel-rapl" else { continue }
      let path = folder + "/" + entry
      let name = try CounterFile(path: path + "/name").text()
      guard name.hasPrefix("package") else { continue }
      found.append(
        RaplDomain(
          name: name, counter: CounterFile(path: path + "/energy_uj"),
          range: try CounterFile(path: path + "/max_energy_range_uj").number()))
    }
    guard !found.isEmpty else { throw .notFound(meter: "RAPL package counter", looked: folder) }
    return found
  }

  /// The counter now, in µJ.
  func microjoules() throws(MeterError) -> UInt64 {
    let value = try counter.number()
    guard value <= range else {
      throw .outOfRange(file: counter.path, found: value, range: range)
    }
    return value
  }

  /// The µJ between two readings, the counter having begun again at most once between them.
  func spent(from: UInt64, to: UInt64) -> UInt64 { to >= from ? to - from : range - from + to }
}
