import Foundation
import HIPlanning
import Testing

@Suite("The paper, recomputed")
struct PaperReportTests {
  private let catalogue: DeviceCatalogue
  private let report: PaperReport

  init() throws {
    catalogue = try DeviceCatalogue.paper()
    report = PaperReport(catalogue)
  }

  private func row(_ section: PaperSection, _ label: String, _ unit: String) throws -> PaperRow {
    try #require(section.rows.first { $0.label == label && $0.unit == unit })
  }

  @Test func allTablesAndFiguresAreThere() {
    #expect(report.tables.map(\.id) == (3...8).map { "Table \($0)" })
    #expect(report.figures.map(\.id) == [1, 3, 4, 5, 7].map { "Figure \($0)" })
    #expect(report.tables.allSatisfy { !$0.rows.isEmpty })
    #expect(report.figures.allSatisfy { !$0.rows.isEmpty })
  }

  @Test func hiOnTheRaspberryPiIsEquationThree() throws {
    let row = try row(report.tables[3], "ResNet-8 on Raspberry Pi 4B, HI", "ms")
    let recomputed = try #require(row.recomputed)
    #expect(abs(recomputed - (1.63 + 0.2157 * 9.68)) < 1e-9)
    #expect(row.published == 3.82)
    #expect(row.follows == false)
  }

  @Test(arguments: [
    ("HI (ResNet-8) against ResNet-56 on the Raspberry Pi: latency", 73.0, true),
    ("HI (ResNet-8) against ResNet-56 on the Raspberry Pi: energy", 77, true),
    ("EE-HI against HI, ResNet-56 on the Raspberry Pi: latency", 59.7, true),
    ("EE-HI against HI, ResNet-56 on the Raspberry Pi: energy", 60.4, true),
    ("HI's gain of accuracy at a given latency and energy", 11, false),
  ])
  func headlineClaims(label: String, published: Double, follows: Bool) throws {
    let row = try #require(report.claims.rows.first { $0.label == label })
    #expect(row.published == published)
    #expect(row.follows == follows)
    #expect(follows || row.note != nil)
  }

  @Test func preferencesFollowButForImageNetAtSevenWatts() {
    let preferences = report.tables[2].rows
    #expect(preferences.count == 24)
    let others = preferences.filter { $0.follows != true }.map(\.label)
    #expect(
      others == [
        "imagenet-1k, Jetson Orin Nano (7 W), latency: hi",
        "imagenet-1k, Jetson Orin Nano (7 W), energy: hi",
      ])
  }

  @Test func catalogueProfilesCarryTheTablesFigures() throws {
    let profile = try catalogue.profile(
      device: "jetson-orin-nano-15w", model: "resnet-56", dataset: "cifar-10",
      multiplyAccumulates: [10, 40, 100])
    #expect(profile.exits.count == 3)
    #expect(abs(profile.exits[1].latencyMs - 0.4 * 0.64) < 1e-12)
    #expect(abs(profile.exits[0].energyMj - 0.1 * 5.47) < 1e-12)
    #expect(profile.offload == Cost(latencyMs: 8.20, energyMj: 55.91))
    #expect(profile.energySource == .modelled)
    #expect(profile.notes.contains { $0.contains("Table 4") && $0.contains("Table 3") })
  }

  @Test func devicesWithoutEnergiesSaySo() throws {
    let profile = try catalogue.profile(
      device: "esp32", model: "resnet-8", dataset: "cifar-10")
    #expect(profile.energySource == nil)
  }

  @Test func whatTheCatalogueLacksIsNamedWithWhatItHas() {
    let error = #expect(throws: CostError.self) {
      try catalogue.profile(device: "toaster", model: "resnet-8", dataset: "cifar-10")
    }
    #expect(error?.description.contains("'toaster'") == true)
    #expect(error?.description.contains("raspberry-pi-4b") == true)
    #expect(throws: CostError.self) {
      try catalogue.profile(device: "coral-micro", model: "alexnet", dataset: "imagenet-1k")
    }
    #expect(throws: CostError.self) {
      try catalogue.profile(
        device: "coral-micro", model: "resnet-8", dataset: "cifar-10", link: "ble")
    }
    #expect(throws: CostError.self) {
      try catalogue.profile(
        device: "coral-micro", model: "resnet-8", dataset: "cifar-10",
        multiplyAccumulates: [5, 5])
    }
  }

  @Test func stateOfTheArtHoldsForVariantsOfADataSet() {
    #expect(catalogue.stateOfTheArt(dataset: "cifar-10-jpeg75") == 0.995)
    #expect(catalogue.stateOfTheArt(dataset: "cifar-100") == nil)
  }

  @Test func theReportSurvivesJSON() throws {
    let data = try JSONEncoder().encode(report)
    #expect(try JSONDecoder().decode(PaperReport.self, from: data) == report)
  }
}
