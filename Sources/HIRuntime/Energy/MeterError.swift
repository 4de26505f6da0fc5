/// Why there is no energy to report.
public enum MeterError: Error, Sendable, Equatable {
  /// The machine has no such meter.
  case notFound(meter: String, looked: String)
  /// A counter's file may not be read.
  case notPermitted(file: String)
  /// A counter's file is there no longer.
  case vanished(file: String)
  /// A counter's file cannot be read for another reason.
  case unreadable(file: String, reason: String)
  /// A counter's file holds something else than a number.
  case notANumber(file: String, found: String)
  /// A counter stands above the range that it counts in.
  case outOfRange(file: String, found: UInt64, range: UInt64)
  /// An interval was too short for a power reading in it.
  case tooShort(meter: String, milliseconds: Double)
  /// A text is no meter's name or address.
  case badAddress(String)
  /// The instrument cannot be connected to.
  case cannotConnect(instrument: String, reason: String)
  /// The instrument ended the connection.
  case disconnected(instrument: String, asked: String)
  /// The instrument said nothing in time.
  case noAnswer(instrument: String, asked: String, milliseconds: Double)
  /// The instrument said something else than what it was asked for.
  case garbage(instrument: String, asked: String, found: String)
}

extension MeterError: CustomStringConvertible {
  /// One sentence: what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .notFound(let meter, let looked):
      "No \(meter) was found in \(looked); choose another meter or --meter none."
    case .notPermitted(let file):
      "The energy counter \(file) may not be read by this user; run as root or give the user leave "
        + "to read it."
    case .vanished(let file):
      "The energy counter \(file) is not there any more; check the driver or choose another meter."
    case .unreadable(let file, let reason):
      "The energy counter \(file) cannot be read (\(reason)); check the driver or choose another "
        + "meter."
    case .notANumber(let file, let found):
      "The energy counter \(file) should hold a whole number and holds '\(found)'; choose another "
        + "meter."
    case .outOfRange(let file, let found, let range):
      "The energy counter \(file) stands at \(found) µJ, above its range of \(range); choose another "
        + "meter."
    case .tooShort(let meter, let milliseconds):
      "The meter '\(meter)' gave no reading in an interval of \(Int(milliseconds)) ms; measure more "
        + "samples."
    case .badAddress(let text):
      "'\(text)' is no meter; give auto, rapl, hwmon, none, scpi://HOST:PORT, or "
        + "scpi:///dev/ttyUSB0?baud=9600 for a serial line."
    case .cannotConnect(let instrument, let reason):
      "The instrument at \(instrument) cannot be connected to (\(reason)); check its address and that "
        + "its remote control is on."
    case .disconnected(let instrument, let asked):
      "The instrument at \(instrument) ended the connection when it was asked '\(asked)'; check it "
        + "and measure again."
    case .noAnswer(let instrument, let asked, let milliseconds):
      "The instrument at \(instrument) did not answer '\(asked)' within \(Int(milliseconds)) ms; check "
        + "that it knows this query."
    case .garbage(let instrument, let asked, let found):
      "The instrument at \(instrument) answered '\(asked)' with '\(found)', which is not what was "
        + "expected; check its query and its line settings."
    }
  }
}
