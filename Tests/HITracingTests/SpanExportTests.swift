import Dispatch
import Foundation
import HITracing
import Synchronization
import Testing
import Tracing

@Suite struct SpanExportTests {
  /// A destination that takes nothing before it is told to, and then what it likes.
  private final class Gate: SpanDestination {
    let documents = Mutex<[[UInt8]]>([])
    let arrived = DispatchSemaphore(value: 0)
    let opened = DispatchSemaphore(value: 0)
    let refuses: Bool

    init(refuses: Bool = false) { self.refuses = refuses }

    func deliver(_ document: [UInt8]) throws(SpanExportError) {
      arrived.signal()
      opened.wait()
      opened.signal()
      if refuses { throw .refused(url: "u", reason: "r") }
      documents.withLock { $0.append(document) }
    }

    func close() {}
  }

  private func spans(_ count: Int) -> [FinishedSpan] {
    let spans = Mutex<[FinishedSpan]>([])
    let tracer = SpanTracer(sampling: .all) { span in spans.withLock { $0.append(span) } }
    for number in 0..<count { tracer.startSpan("span \(number)").end() }
    return spans.withLock { $0 }
  }

  private func wait(_ semaphore: DispatchSemaphore) async {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        semaphore.wait()
        continuation.resume()
      }
    }
  }

  @Test func aDestinationThatHangsCostsSpansAndNobodysTime() async {
    let gate = Gate()
    let export = SpanExport(to: gate, service: "s", capacity: 600, interval: .milliseconds(1))
    let all = spans(2000)
    export.take(all[0])
    await wait(gate.arrived)
    // One is with the destination, 600 wait, and the others are dropped while it hangs.
    for span in all.dropFirst() { export.take(span) }
    #expect(export.statistics.dropped == 1399)
    gate.opened.signal()
    let statistics = await export.finish()
    #expect(statistics.exported == 601)
    #expect(statistics.dropped == 1399)
    #expect(statistics.lost == 0)
    #expect(gate.documents.withLock { $0.count } == 3)
  }

  @Test func anEndDoesNotWaitForADestinationThatHangs() async {
    let gate = Gate()
    let export = SpanExport(to: gate, service: "s", interval: .milliseconds(1))
    let all = spans(3)
    export.take(all[0])
    await wait(gate.arrived)
    export.take(all[1])
    export.take(all[2])
    let statistics = await export.finish(within: .milliseconds(20))
    #expect(statistics.lost == 2)
    #expect(statistics.exported == 0)
    gate.opened.signal()
  }

  @Test func whatIsRefusedIsCountedWithItsReason() async {
    let gate = Gate(refuses: true)
    gate.opened.signal()
    let export = SpanExport(to: gate, service: "s", interval: .milliseconds(1))
    for span in spans(5) { export.take(span) }
    let statistics = await export.finish()
    #expect(statistics.lost == 5)
    #expect(statistics.failure?.contains("The collector at u did not take the spans (r)") == true)
  }

  @Test func aFileHasADocumentALineAndGoesOn() async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: file) }
    for _ in 0..<2 {
      let export = SpanExport(
        to: try SpanFile(path: file.path), service: "s", interval: .seconds(60))
      for span in spans(700) { export.take(span) }
      #expect(await export.finish().exported == 700)
    }
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    var names: [String: Int] = [:]
    for line in lines {
      let document = try JSONDecoder().decode(Document.self, from: Data(line.utf8))
      for span in document.resourceSpans.flatMap(\.scopeSpans).flatMap(\.spans) {
        names[span.name, default: 0] += 1
        #expect(span.traceId.count == 32 && span.spanId.count == 16)
      }
    }
    #expect(names.count == 700 && names.values.allSatisfy { $0 == 2 })
  }

  @Test func aPlaceThatCannotBeWrittenIsSaid() {
    #expect(throws: SpanExportError.self) { try SpanFile(path: "/nowhere/at/all/spans.jsonl") }
  }

  private struct Document: Decodable {
    struct Resource: Decodable { let scopeSpans: [Scope] }
    struct Scope: Decodable { let spans: [Span] }
    struct Span: Decodable {
      let name: String
      let traceId: String
      let spanId: String
    }
    let resourceSpans: [Resource]
  }
}
