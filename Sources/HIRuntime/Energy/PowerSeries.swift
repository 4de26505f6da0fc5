/// Readings of a power over an interval, from which its energy follows: mean power times time, as the
/// paper measures it (section 3.3).
///
/// Between readings the power runs straight (the trapezoid rule), so that readings that come at uneven
/// times have the weight of the time around them; before the first and after the last it stays.
public struct PowerSeries: Sendable, Equatable {
  private struct Reading: Sendable, Equatable {
    let seconds: Double
    let milliwatts: Double
  }

  private var readings: [Reading] = []

  /// Makes an empty series.
  public init() {}

  /// How many readings there are.
  public var count: Int { readings.count }

  /// Adds a reading, taken later than those before.
  ///
  /// - Parameters:
  ///   - milliwatts: the power.
  ///   - seconds: since the interval began.
  public mutating func add(_ milliwatts: Double, at seconds: Double) {
    precondition(seconds >= readings.last?.seconds ?? 0, "readings come in the order of time")
    readings.append(Reading(seconds: seconds, milliwatts: milliwatts))
  }

  /// The time-weighted mean power of the interval, in mW, or nil without a reading.
  ///
  /// - Parameter end: when the interval ended, in seconds since it began; positive.
  public func meanPowerMw(until end: Double) -> Double? {
    guard let first = readings.first else { return nil }
    guard end > 0 else { return first.milliwatts }
    var energy = min(first.seconds, end) * first.milliwatts
    var last = first
    for reading in readings.dropFirst() where last.seconds < end {
      let span = reading.seconds - last.seconds
      let used = min(reading.seconds, end) - last.seconds
      let slope = span > 0 ? (reading.milliwatts - last.milliwatts) / span : 0
      energy += used * (last.milliwatts + slope * used / 2)
      last = reading
    }
    if last.seconds < end { energy += (end - last.seconds) * last.milliwatts }
    return energy / end
  }
}
