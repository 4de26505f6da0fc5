import Foundation
import HIPlanning
import HIRuntime
import Testing

@Suite struct HwmonMeterTests {
  /// Readings that stay as they are, so that the mean power is theirs whatever the time.
  @Test(arguments: [
    // 4,960 mV x 1,096 mA, and not the rails behind it: 5,436.16 mW.
    ("jetson-orin-nano", "hwmon (ina3221 VDD_IN)", 5436.16),
    ("raspberry-pi-hat", "hwmon (ina219)", 3780),
    // 5,000 x 200 + 3,300 x 1,000 µW; the third channel is off.
    ("board-without-whole-rail", "hwmon (ina3221 CAM, ina3221 SOC)", 4300),
  ])
  func theSupplyRailsAreFound(tree name: String, expected: String, milliwatts: Double) async throws
  {
    let tree = try DeviceTree(name)
    let meter = try HwmonMeter(root: tree.root, period: .microseconds(100))
    #expect(meter.name == expected)
    #expect(meter.source == .telemetry)
    let reading = try await meter.reading { try await busy(.milliseconds(30)) }
    #expect(abs(reading.meanPowerMw - milliwatts) < 1e-6)
    #expect(reading.duration >= .milliseconds(30))
  }

  @Test func aGraphicsCardsSensorIsNotTheDevice() throws {
    let tree = try DeviceTree("desktop")
    #expect(
      throws: MeterError.notFound(
        meter: "hwmon power sensor", looked: tree.root + "/class/hwmon")
    ) { _ = try HwmonMeter(root: tree.root) }
  }

  @Test func aSensorThatVanishesOnTheWayIsNamed() async throws {
    let tree = try DeviceTree("raspberry-pi-hat")
    let file = "class/hwmon/hwmon2/power1_input"
    let meter = try HwmonMeter(root: tree.root, period: .microseconds(100))
    await #expect(throws: MeterError.vanished(file: tree.root + "/" + file)) {
      _ = try await meter.reading {
        try tree.remove(file)
        try await busy(.milliseconds(30))
      }
    }
  }

  @Test func anIntervalWithoutAReadingInItIsNoFigure() async throws {
    let tree = try DeviceTree("raspberry-pi-hat")
    let meter = try HwmonMeter(root: tree.root, period: .seconds(60))
    await #expect(throws: MeterError.self) { _ = try await meter.reading {} }
  }
}

@Suite struct PowerSeriesTests {
  private func series(_ readings: [(Double, Double)]) -> PowerSeries {
    var series = PowerSeries()
    for (seconds, milliwatts) in readings { series.add(milliwatts, at: seconds) }
    return series
  }

  @Test(arguments: [1.0, 2.5, 10])
  func aConstantPowerIsItself(end: Double) {
    let mean = series([(0, 1500), (0.1, 1500), (2, 1500)]).meanPowerMw(until: end)
    #expect(abs((mean ?? 0) - 1500) < 1e-9)
  }

  /// P(t) = 100 + 50 t, whose mean over [0, T] is 100 + 25 T, read at uneven times.
  @Test(arguments: [1.0, 3, 4])
  func aRampHasTheMeanOfItsEnds(end: Double) {
    let ramp = series([0, 0.01, 0.02, 1.7, 4].map { ($0, 100 + 50 * $0) })
    #expect(abs((ramp.meanPowerMw(until: end) ?? 0) - (100 + 25 * end)) < 1e-9)
  }

  @Test func beforeTheFirstAndAfterTheLastReadingThePowerStays() {
    // 1 s at 10 mW, 1 s from 10 to 30, 2 s at 30: 10 + 20 + 60 mJ in 4 s.
    #expect(series([(1, 10), (2, 30)]).meanPowerMw(until: 4) == 22.5)
  }

  @Test func withoutAReadingThereIsNoMean() {
    #expect(series([]).meanPowerMw(until: 1) == nil)
  }
}

/// Works until a time has passed, so that a meter beside it has something to read.
func busy(_ duration: Duration) async throws {
  let end = ContinuousClock.now + duration
  while ContinuousClock.now < end { await Task.yield() }
}
