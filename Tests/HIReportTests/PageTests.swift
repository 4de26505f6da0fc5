import Foundation
import HIPlanning
import Testing

@testable import HIReport

@Suite struct PageTests {
  @Test func thePageIsOneWellFormedDocument() throws {
    let page = try Report(FixedMaterial.material()).html
    let document = try SVGDocument(String(page.dropFirst("<!DOCTYPE html>\n".count)))
    #expect(document.elements.first?.name == "html")
    let ids = document.elements.compactMap { $0.attributes["id"] }
    #expect(Set(ids).count == ids.count, "an id is there twice")
    // Every link inside the page leads somewhere.
    for link in document.all("a").compactMap({ $0.attributes["href"] }) where link.hasPrefix("#") {
      #expect(ids.contains(String(link.dropFirst())), "\(link)")
    }
  }

  @Test func nothingIsFetchedAndNoScriptIsThere() throws {
    let page = try Report(FixedMaterial.material()).html
    let document = try SVGDocument(String(page.dropFirst("<!DOCTYPE html>\n".count)))
    #expect(document.all("script").isEmpty)
    for element in document.elements {
      for name in ["src", "href", "action", "data", "xlink:href"] {
        guard let value = element.attributes[name] else { continue }
        #expect(value.hasPrefix("#") || value.hasPrefix("data:"), "\(element.name) \(name)")
      }
    }
    #expect(page.utf8.count < 1_500_000)
  }

  @Test func namesOfClassesAreTextWhateverTheyAre() throws {
    let page = try Report(FixedMaterial.material()).html
    #expect(!page.contains("</script>"))
    #expect(!page.contains("<b>"))
    #expect(page.contains("&lt;/script&gt;&lt;b&gt;"))
    #expect(page.contains("cat &amp; &quot;dog&quot;"))
  }

  @Test func whatIsMissingLeavesItsFiguresOut() throws {
    var material = try FixedMaterial.material()
    let trace = try FixedMaterial.trace()
    material.candidates = try material.candidates.map {
      try Candidate($0.strategy, $0.policy, on: trace, profile: nil)
    }
    material.dataset = nil
    material.catalogue = nil
    let ids = Report(material).figures.map(\.id)
    #expect(ids.contains("strategies-accuracy"))
    #expect(!ids.contains { $0.contains("latency") || $0.contains("energy") }, "\(ids)")
  }

  @Test func thePaperIsDrawnToo() throws {
    var material = ReportMaterial(title: "The paper", provenance: Provenance(command: ["hi"]))
    let catalogue = try DeviceCatalogue.paper()
    material.paper = PaperReport(catalogue)
    material.catalogue = catalogue
    let report = Report(material)
    #expect(report.figures.count >= 5)
    for figure in report.figures { _ = try SVGDocument(figure.svg) }
    _ = try SVGDocument(String(report.html.dropFirst("<!DOCTYPE html>\n".count)))
  }

  @Test func piecesAreFilesOfTheirOwn() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let report = try Report(FixedMaterial.material())
    let drawings = try report.write(.svg, to: folder.path)
    #expect(drawings.count == report.figures.count)
    let tables = try report.write(.csv, to: folder.path)
    #expect(tables.count >= report.figures.count)
    for path in drawings { _ = try SVGDocument(String(contentsOfFile: path, encoding: .utf8)) }
  }

  @Test func aPlaceThatCannotBeWrittenIsNamed() throws {
    let report = try Report(FixedMaterial.material())
    #expect {
      try report.write(.html, to: "/no such folder/report.html")
    } throws: {
      "\($0)".hasPrefix("The report /no such folder/report.html cannot be written")
    }
  }

  @Test func aReportThatCannotBeFinishedLeavesTheEarlierOne() throws {
    // A folder with something in it stands in the page's place, so the last step fails.
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let earlier = folder.appending(path: "report.html/kept")
    try FileManager.default.createDirectory(at: earlier, withIntermediateDirectories: true)
    let report = try Report(FixedMaterial.material())
    #expect(throws: ReportError.self) {
      try report.write(.html, to: folder.appending(path: "report.html").path)
    }
    #expect(FileManager.default.fileExists(atPath: earlier.path))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["report.html"])
  }
}
