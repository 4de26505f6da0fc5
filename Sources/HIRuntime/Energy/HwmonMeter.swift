public import HIPlanning

/// Power sensors on the board, read over the kernel's hwmon tree: the INA3221 of a Jetson, the INA219
/// or INA226 of a Raspberry Pi hat.
///
/// The power is read every few milliseconds while the work runs; the energy is mean power times time,
/// with the idle power in it.
public struct HwmonMeter: EnergyMeter {
  private let rails: [PowerRail]
  private let period: Duration

  /// Finds the rails and reads each once.
  ///
  /// - Parameters:
  ///   - root: where the kernel's device tree is.
  ///   - period: from a reading to the next.
  /// - Throws: ``MeterError/notFound(meter:looked:)``, or why a sensor cannot be read.
  public init(root: String = "/sys", period: Duration = .milliseconds(5)) throws(MeterError) {
    rails = try PowerRail.supply(root: root)
    self.period = period
    _ = try Self.milliwatts(rails)
  }

  /// "hwmon (ina3221 VDD_IN)".
  public var name: String {
    let names = rails.map { $0.label == $0.chip ? $0.chip : "\($0.chip) \($0.label)" }
    return "hwmon (\(names.joined(separator: ", ")))"
  }
  /// A sensor on the board.
  public var source: FigureSource { .telemetry }
  /// The chips average over milliseconds up to a tenth of a second.
  public var shortestInterval: Duration { .seconds(1) }

  /// Begins to read the rails.
  public func start() async throws(MeterError) -> any EnergyInterval {
    let rails = rails
    return try await PowerSampler.start(meter: name, period: period) { () throws(MeterError) in
      try Self.milliwatts(rails)
    }
  }

  private static func milliwatts(_ rails: [PowerRail]) throws(MeterError) -> Double {
    var sum = 0.0
    for rail in rails { sum += try rail.milliwatts() }
    return sum
  }
}
