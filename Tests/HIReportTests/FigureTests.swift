import Foundation
import HIPlanning
import Testing

@testable import HIReport

@Suite struct FigureTests {
  let report: Report

  init() throws { report = try Report(FixedMaterial.material()) }

  private func figure(_ id: String) throws -> Figure {
    try #require(report.figures.first { $0.id == id }, "there are \(report.figures.map(\.id))")
  }

  @Test func accuraciesStandWhereTheirAxisSays() throws {
    let drawing = try SVGDocument(figure("strategies-accuracy").svg)
    let value = try drawing.xAxis()
    // Counted: HI accepts samples 10 to 19, all right, and offloads the others, of which one is wrong.
    for (strategy, right) in [("on-device", 15.0), ("remote", 19), ("hi", 19), ("ee", 15)] {
      let dots = drawing.matching(["data-row": strategy]).filter { $0.number("data-x") != nil }
      let dot = try #require(dots.first)
      #expect(dots.count == 1)
      #expect(abs((dot.number("data-x") ?? 0) - 100 * right / 20) < 1e-9, "\(strategy)")
      #expect(abs(value(try #require(dot.place).x) - 100 * right / 20) < 0.2, "\(strategy)")
    }
  }

  @Test func intervalsAreWilsons() throws {
    let drawing = try SVGDocument(figure("strategies-accuracy").svg)
    let whisker = try #require(
      drawing.matching(["data-row": "on-device", "class": "whisker"]).first)
    // Wilson's interval of 15 of 20, from its closed form.
    let (n, p, z) = (20.0, 0.75, 1.959963984540054)
    let middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    #expect(abs((whisker.number("data-lower") ?? 0) - 100 * (middle - half)) < 1e-6)
    #expect(abs((whisker.number("data-upper") ?? 0) - 100 * (middle + half)) < 1e-6)
  }

  @Test(arguments: [("strategies-latency", 1.0), ("strategies-energy", 3.0)])
  func costsAreEquationsThreeAndFour(id: String, factor: Double) throws {
    let drawing = try SVGDocument(figure(id).svg)
    let value = try drawing.xAxis()
    // HI: 2 ms for all and 10 ms for half. EE: samples 16 to 19 stop after 1 ms.
    for (strategy, cost) in [
      ("on-device", 2.0), ("remote", 10), ("hi", 2 + 10 * 0.5), ("ee", 1 * 0.2 + 2 * 0.8),
      ("ee-hi", 1 * 0.2 + 2 * 0.8 + 10 * 0.5),
    ] {
      let bars = drawing.matching(["data-row": strategy]).filter { $0.number("data-to") != nil }
      let bar = try #require(bars.first)
      #expect(bars.count == 1)
      #expect(abs((bar.number("data-to") ?? 0) - factor * cost) < 1e-6, "\(strategy)")
      let end = (bar.number("x") ?? 0) + (bar.number("width") ?? 0)
      #expect(abs(value(end) - factor * cost) < 0.03 * factor * cost, "\(strategy)")
    }
  }

  @Test func whoAnsweredAddsUp() throws {
    let drawing = try SVGDocument(figure("exits").svg)
    func share(_ strategy: String, _ series: String) -> Double {
      drawing.matching(["data-row": strategy, "data-series": series]).reduce(0) {
        $0 + ($1.number("data-to") ?? 0) - ($1.number("data-from") ?? 0)
      }
    }
    #expect(abs(share("ee-hi", "exit1") - 20) < 1e-9)
    #expect(abs(share("ee-hi", "local") - 30) < 1e-9)
    #expect(abs(share("ee-hi", "remote") - 50) < 1e-9)
  }

  @Test func theTwoMistakesAreCounted() throws {
    let drawing = try SVGDocument(figure("mistakes").svg)
    func share(_ row: String) throws -> Double {
      try #require(drawing.matching(["data-row": row]).first?.number("data-to"))
    }
    // HI offloads samples 0 to 9; the local model is wrong on 0 to 4.
    #expect(try share("right, accepted") == 50)
    #expect(try share("wrong, offloaded") == 25)
    #expect(try share("correct-offloaded") == 25)
    #expect(
      drawing.matching(["data-row": "incorrect-accepted"]).allSatisfy {
        ($0.number("data-to") ?? 0) == 0
      })
  }

  @Test func theCurveOfHIGoesThroughItsPolicies() throws {
    let drawing = try SVGDocument(figure("trade-off-latency").svg)
    let chosen = drawing.matching(["data-series": "chosen hi"]).compactMap { element in
      element.number("data-x").flatMap { x in element.number("data-y").map { (x, $0) } }
    }
    #expect(chosen.contains { abs($0.0 - 7) < 1e-6 && abs($0.1 - 95) < 1e-6 }, "\(chosen)")
    let curve = drawing.elements.filter { $0.attributes["data-series"] == "hi" }
      .compactMap { $0.number("data-x") }
    #expect((curve.min() ?? 0) >= 2 - 1e-9)
    #expect((curve.max() ?? 0) <= 12 + 1e-9)
  }

  @Test func everyFigureHasATitleAnAlternativeDataAndFiniteMarks() throws {
    #expect(report.figures.count >= 10, "\(report.figures.map(\.id))")
    #expect(Set(report.figures.map(\.id)).count == report.figures.count)
    for figure in report.figures {
      let drawing = try SVGDocument(figure.svg)
      let root = try #require(drawing.elements.first)
      #expect(root.name == "svg" && root.attributes["role"] == "img", "\(figure.id)")
      #expect(drawing.all("desc").first?.text.isEmpty == false, "\(figure.id)")
      #expect(drawing.all("title").first?.text == figure.finding, "\(figure.id)")
      #expect(!figure.table.rows.isEmpty, "\(figure.id)")
      #expect(
        figure.table.rows.allSatisfy { $0.count == figure.table.columns.count }, "\(figure.id)")
      let marks = drawing.elements.filter { element in
        element.attributes.keys.contains { $0.hasPrefix("data-") }
      }
      #expect(marks.count > 1, "\(figure.id) is empty")
      for element in drawing.elements {
        for (name, value) in element.attributes where name != "d" || element.name == "path" {
          #expect(!value.contains("nan") && !value.contains("inf"), "\(figure.id) \(name)")
        }
      }
    }
  }

  @Test func aCSVHoldsWhatTheTableHolds() throws {
    let figure = try figure("strategies-accuracy")
    let lines = figure.table.csv.split(separator: "\r\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(lines[0] == figure.table.columns)
    #expect(lines.count == 1 + figure.table.rows.count)
    #expect(lines[1][0] == "on-device" && Double(lines[1][2]) == 75)
  }
}
