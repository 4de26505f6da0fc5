import HIPlanning
import HIRuntime
import Testing

@Suite struct MeterChoiceTests {
  private let catalogue: DeviceCatalogue

  init() throws { catalogue = try DeviceCatalogue.paper() }

  private func automatic(_ name: String, device: String? = nil) async throws -> MeterChoice {
    let tree = try DeviceTree(name)
    return try await MeterChoice.choose(
      .automatic, device: device, catalogue: catalogue, root: tree.root)
  }

  @Test func countersComeFirst() async throws {
    let choice = try await automatic("two-packages")
    #expect(choice.meter?.name == "RAPL (package-0, package-1)")
    #expect(choice.passedOver.isEmpty)
  }

  @Test func thenSensorsAndTheReasonIsTold() async throws {
    let choice = try await automatic("jetson-orin-nano")
    #expect(choice.meter?.name == "hwmon (ina3221 VDD_IN)")
    #expect(choice.passedOver.count == 1 && choice.passedOver[0].contains("RAPL"))
  }

  @Test func thenTheCatalogueWhereTheDeviceIsKnown() async throws {
    let tree = try DeviceTree("raspberry-pi-hat")
    try tree.remove("class")
    let choice = try await MeterChoice.choose(
      .automatic, catalogue: catalogue, root: tree.root)
    #expect(choice.meter?.source == .modelled)
    #expect(choice.meter?.name == "catalogue (Raspberry Pi 4B)")
    // Table 3: 27.67 mJ in 9.68 ms.
    let offload = try #require(choice.offloadMeter as? CatalogueMeter)
    #expect(abs(offload.powerMw - 27.67 / 9.68 * 1000) < 1e-9)
    #expect(choice.passedOver.count == 2)
  }

  @Test func elseNoneAndHowToNameADevice() async throws {
    let choice = try await automatic("desktop")
    #expect(choice.meter == nil && choice.offloadMeter == nil)
    #expect(choice.passedOver.count == 3)
    #expect(choice.passedOver.last?.contains("--device") == true)
  }

  @Test func aDeviceThatIsNotInTheCatalogueIsAnError() async {
    await #expect(throws: CostError.self) { _ = try await automatic("desktop", device: "toaster") }
  }

  @Test func aMeterAskedForByNameIsNotReplaced() async throws {
    let tree = try DeviceTree("jetson-orin-nano")
    await #expect(throws: MeterError.self) {
      _ = try await MeterChoice.choose(.rapl, catalogue: catalogue, root: tree.root)
    }
  }
}
