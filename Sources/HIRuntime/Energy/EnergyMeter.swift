public import HIPlanning

/// Something that says what energy the device takes while work is done.
///
///     let meter = try RaplMeter()
///     let reading = try await meter.reading { try await model.allLogits(for: sample) }
///     print(reading.energyMj, reading.meanPowerMw, meter.source)
///
/// Idle power is never subtracted: like the paper's, the figures are of the whole of what the meter
/// sees, whatever else runs there.
public protocol EnergyMeter: Sendable {
  /// What it is, for a reader: "RAPL (package-0)".
  var name: String { get }
  /// The kind of its figures.
  var source: FigureSource { get }
  /// The shortest interval that it says something about; work is repeated to fill it.
  var shortestInterval: Duration { get }

  /// Begins an interval.
  ///
  /// - Throws: ``MeterError`` where the meter cannot be read.
  func start() async throws(MeterError) -> any EnergyInterval
}

/// An interval that a meter has begun; it is finished exactly once.
public protocol EnergyInterval: Sendable {
  /// Ends the interval.
  ///
  /// - Throws: ``MeterError`` where the meter stopped saying anything on the way.
  func finish() async throws(MeterError) -> EnergyReading
}

/// What a meter says about an interval.
public struct EnergyReading: Sendable, Equatable {
  /// The energy, in mJ.
  public var energyMj: Double
  /// How long the interval was.
  public var duration: Duration

  /// Makes a reading.
  public init(energyMj: Double, duration: Duration) {
    self.energyMj = energyMj
    self.duration = duration
  }

  /// The energy over the time, in mW; 0 for no time.
  public var meanPowerMw: Double {
    duration > .zero ? energyMj / (duration / .seconds(1)) : 0
  }
}

extension EnergyMeter {
  /// What work takes, from its begin to its end.
  ///
  /// - Throws: ``MeterError``, or what the work throws.
  public func reading(of work: () async throws -> Void) async throws -> EnergyReading {
    let interval = try await start()
    do { try await work() } catch {
      _ = try? await interval.finish()
      throw error
    }
    return try await interval.finish()
  }
}
