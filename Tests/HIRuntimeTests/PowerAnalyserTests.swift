import HIPlanning
import HIRuntime
import SimulatedInstruments
import Testing

@Suite struct PowerAnalyserTests {
  @Test func itsEnergyIsMeanPowerTimesTime() async throws {
    let instrument = try SimulatedInstrument("2.5")
    let analyser = try await PowerAnalyser.connect(to: instrument.tcp)
    #expect(analyser.name == "power analyser (VOLTECH,PM1000+,1234,1.0)")
    #expect(analyser.source == .measured)
    let reading = try await analyser.reading { try await busy(.milliseconds(200)) }
    #expect(abs(reading.meanPowerMw - 2500) < 1e-6)
    #expect(abs(reading.energyMj - 2500 * (reading.duration / .seconds(1))) < 1e-6)
  }

  @Test func itTakesAnotherQuery() async throws {
    let instrument = try SimulatedInstrument("--query", ":FRD?", "1.25")
    let analyser = try await PowerAnalyser.connect(to: instrument.tcp, query: ":FRD?")
    let reading = try await analyser.reading { try await busy(.milliseconds(200)) }
    #expect(abs(reading.meanPowerMw - 1250) < 1e-6)
  }

  @Test func aSerialLineWorksTheSame() async throws {
    let instrument = try SimulatedInstrument("--pty", "0.75")
    let address = try InstrumentAddress("scpi://\(instrument.place)?baud=115200")
    #expect(address == .serial(device: instrument.place, baud: 115200))
    let analyser = try await PowerAnalyser.connect(to: address)
    let reading = try await analyser.reading { try await busy(.milliseconds(200)) }
    #expect(abs(reading.meanPowerMw - 750) < 1e-6)
  }

  @Test func oneThatNeverAnswersEndsByTheDeadline() async throws {
    let instrument = try SimulatedInstrument("--then", "silent")
    let begin = ContinuousClock.now
    await #expect(
      throws: MeterError.noAnswer(
        instrument: "127.0.0.1:\(instrument.place)", asked: "*IDN?", milliseconds: 100)
    ) {
      _ = try await PowerAnalyser.connect(
        to: instrument.tcp, answerWithin: .milliseconds(100))
    }
    #expect(ContinuousClock.now - begin < .seconds(10))
  }

  @Test(arguments: [
    ("silent", "did not answer ':READ?' within 3000 ms"),
    ("garbage", "answered ':READ?' with '..?error"),
    ("close", "ended the connection"),
  ])
  func oneThatStopsOnTheWaySaysHow(then: String, words: String) async throws {
    let instrument = try SimulatedInstrument("--then", then, "--after", "3", "2.5")
    let analyser = try await PowerAnalyser.connect(
      to: instrument.tcp, answerWithin: .seconds(3))
    let error = await #expect(throws: MeterError.self) {
      _ = try await analyser.reading { try await busy(.milliseconds(400)) }
    }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
  }

  @Test func aPortWhereNothingListensIsNamed() async throws {
    let error = await #expect(throws: MeterError.self) {
      _ = try await PowerAnalyser.connect(to: .tcp(host: "127.0.0.1", port: 1))
    }
    #expect(error?.description.contains("127.0.0.1:1") == true)
  }

  @Test(arguments: [
    ("scpi://10.0.0.2:5025", InstrumentAddress.tcp(host: "10.0.0.2", port: 5025)),
    ("scpi://[::1]:5025", .tcp(host: "::1", port: 5025)),
    ("scpi:///dev/ttyUSB0", .serial(device: "/dev/ttyUSB0", baud: 9600)),
  ])
  func addressesAreRead(text: String, expected: InstrumentAddress) throws {
    #expect(try InstrumentAddress(text) == expected)
  }

  @Test(arguments: [
    "voltmeter", "scpi://10.0.0.2", "scpi://10.0.0.2:0", "scpi://10.0.0.2:99999", "scpi://",
    "scpi:///dev/ttyUSB0?baud=12345", "http://10.0.0.2:80",
  ])
  func anythingElseIsNoMeter(text: String) {
    #expect(throws: MeterError.badAddress(text)) { _ = try MeterRequest(text) }
  }
}

extension SimulatedInstrument {
  fileprivate var tcp: InstrumentAddress { .tcp(host: "127.0.0.1", port: Int(place) ?? 0) }
}
