import Foundation
import HIPlanning
import HIRuntime
import Testing

@Suite struct RaplMeterTests {
  private let tree: DeviceTree
  private let first = "class/powercap/intel-rapl:0/energy_uj"
  private let second = "class/powercap/intel-rapl:1/energy_uj"

  init() throws { tree = try DeviceTree("two-packages") }

  @Test func packagesAreAddedAndTheirPartsAreNot() async throws {
    let meter = try RaplMeter(root: tree.root)
    #expect(meter.name == "RAPL (package-0, package-1)")
    #expect(meter.source == .telemetry)
    let reading = try await meter.reading {
      try tree.write("1250000", to: first)
      try tree.write("262143000500", to: second)
      try tree.write("900000", to: "class/powercap/intel-rapl:0:0/energy_uj")
      try tree.write("900000", to: "class/powercap/intel-rapl:2/energy_uj")
    }
    #expect(abs(reading.energyMj - 250.5) < 1e-9)
    let seconds = reading.duration / .seconds(1)
    #expect(abs(reading.meanPowerMw - 250.5 / seconds) < 1e-6 / seconds)
  }

  @Test func aCounterThatWrapsGoesOnFromZero() async throws {
    let meter = try RaplMeter(root: tree.root)
    let reading = try await meter.reading {
      // 262,143,328,850 - 262,143,000,000 µJ to the end of the range, and 171,150 behind it.
      try tree.write("171150", to: second)
    }
    #expect(abs(reading.energyMj - 500) < 1e-9)
  }

  @Test func aCounterThatVanishesOnTheWayIsNamed() async throws {
    let meter = try RaplMeter(root: tree.root)
    await #expect(throws: MeterError.vanished(file: tree.root + "/" + second)) {
      _ = try await meter.reading { try tree.remove(second) }
    }
  }

  @Test func aCounterThatTurnsToTextIsNamed() async throws {
    let meter = try RaplMeter(root: tree.root)
    await #expect(
      throws: MeterError.notANumber(file: tree.root + "/" + first, found: "unsupported")
    ) {
      _ = try await meter.reading { try tree.write("unsupported", to: first) }
    }
  }

  @Test func aCounterAboveItsRangeIsRefused() throws {
    try tree.write("262143328851", to: first)
    #expect(
      throws: MeterError.outOfRange(
        file: tree.root + "/" + first, found: 262_143_328_851, range: 262_143_328_850)
    ) { _ = try RaplMeter(root: tree.root) }
  }

  @Test func aMachineWithoutCountersSaysWhereItLooked() {
    let looked = tree.root + "/nowhere/class/powercap"
    #expect(throws: MeterError.notFound(meter: "RAPL package counter", looked: looked)) {
      _ = try RaplMeter(root: tree.root + "/nowhere")
    }
  }

  #if os(Linux)
    @Test func aCounterThatOnlyRootMayReadSaysSo() async throws {
      let root = tree.root
      let file = root + "/" + first
      try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: file)
      let error = await withCheckedContinuation { continuation in
        // Tests may run as root, who reads everything: this thread alone gives that up.
        Thread.detachNewThread {
          typealias SetUser = @convention(c) (UInt32) -> Int32
          if let symbol = dlsym(nil, "setfsuid") {
            _ = unsafeBitCast(symbol, to: SetUser.self)(65534)
          }
          continuation.resume(
            returning: Result { () throws(MeterError) in try RaplMeter(root: root) })
        }
      }
      guard case .failure(let found) = error else {
        Issue.record("the counter was read")
        return
      }
      #expect(found == .notPermitted(file: file))
      #expect(found.description.contains("root"))
    }
  #endif
}
