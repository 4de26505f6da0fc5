public import HIPlanning

/// A bench power analyser that is asked over SCPI, like the paper's Voltech PM1000+, on TCP or on a
/// serial line.
///
///     let analyser = try await PowerAnalyser.connect(to: InstrumentAddress("scpi://192.168.1.20:5025"))
///
/// It measures the device's supply, so all of the device, idle power included. The energy is the
/// paper's: mean power times time.
public struct PowerAnalyser: EnergyMeter {
  /// How ``PowerAnalyser`` asks for the power where not said.
  public static let defaultQuery = ":READ?"

  private let line: InstrumentLine
  private let identity: String
  private let query: String
  private let limit: Duration

  /// Connects, asks the instrument who it is, and asks for the power once.
  ///
  /// - Parameters:
  ///   - address: where it is.
  ///   - query: asks for the power; the first number of the answer is the power in W.
  ///   - limit: how long the instrument may take to be connected to, and for each answer.
  /// - Throws: ``MeterError``: it is not there, silent, or says something else.
  public static func connect(
    to address: InstrumentAddress, query: String = defaultQuery,
    answerWithin limit: Duration = .seconds(2)
  ) async throws(MeterError) -> PowerAnalyser {
    try await onThreadOfItsOwn { () throws(MeterError) in
      let line = try InstrumentLine(address, within: limit)
      let identity = try line.ask("*IDN?", within: limit)
      // IEEE 488.2: maker, model, serial number and version, printable and with commas between.
      guard !identity.isEmpty, identity.unicodeScalars.allSatisfy({ (32..<127).contains($0.value) })
      else {
        throw .garbage(instrument: line.name, asked: "*IDN?", found: printable(identity))
      }
      let analyser = PowerAnalyser(line: line, identity: identity, query: query, limit: limit)
      _ = try analyser.milliwatts()
      return analyser
    }
  }

  /// "power analyser (VOLTECH,PM1000+,…)".
  public var name: String { "power analyser (\(identity))" }
  /// A meter.
  public var source: FigureSource { .measured }
  /// Analysers of this class give a new figure every half second or faster.
  public var shortestInterval: Duration { .seconds(2) }

  /// Begins to ask for the power, again as soon as it is answered.
  public func start() async throws(MeterError) -> any EnergyInterval {
    try await PowerSampler.start(meter: name, period: .milliseconds(2)) { () throws(MeterError) in
      try milliwatts()
    }
  }

  private func milliwatts() throws(MeterError) -> Double {
    let answer = try line.ask(query, within: limit)
    guard let power = PowerAnswer.milliwatts(answer) else {
      throw .garbage(instrument: line.name, asked: query, found: Self.printable(answer))
    }
    return power
  }

  /// A text that fits into a sentence, whatever came over the line.
  private static func printable(_ text: String) -> String {
    String(
      text.unicodeScalars.prefix(40).map { (32..<127).contains($0.value) ? Character($0) : "." })
  }
}
