public import HIPlanning

/// The running average power limit counters of x86 processors: the energy of all packages.
///
/// They count the processors alone, without memory, disks, radios and power supply, and the idle power
/// with the rest. A counter wraps after some 65 to 262 kJ, minutes at the highest power; intervals are
/// to be shorter than that.
public struct RaplMeter: EnergyMeter {
  private let domains: [RaplDomain]

  /// Finds the packages' counters and reads each once.
  ///
  /// - Parameter root: where the kernel's device tree is.
  /// - Throws: ``MeterError/notFound(meter:looked:)``, or why a counter cannot be read.
  public init(root: String = "/sys") throws(MeterError) {
    domains = try RaplDomain.packages(root: root)
    for domain in domains { _ = try domain.microjoules() }
  }

  /// "RAPL (package-0, package-1)".
  public var name: String { "RAPL (\(domains.map(\.name).joined(separator: ", ")))" }
  /// A counter in the chip.
  public var source: FigureSource { .telemetry }
  /// The counters advance every millisecond; half a second makes that a share of 0.2%.
  public var shortestInterval: Duration { .milliseconds(500) }

  /// Reads the counters.
  public func start() throws(MeterError) -> any EnergyInterval {
    var counters: [(domain: RaplDomain, begin: UInt64)] = []
    for domain in domains { counters.append((domain, try domain.microjoules())) }
    return RaplInterval(counters: counters, begin: .now)
  }
}

private struct RaplInterval: EnergyInterval {
  let counters: [(domain: RaplDomain, begin: UInt64)]
  let begin: ContinuousClock.Instant

  func finish() throws(MeterError) -> EnergyReading {
    let duration = ContinuousClock.now - begin
    var microjoules = 0.0
    for (domain, begin) in counters {
      microjoules += Double(domain.spent(from: begin, to: try domain.microjoules()))
    }
    return EnergyReading(energyMj: microjoules / 1000, duration: duration)
  }
}
