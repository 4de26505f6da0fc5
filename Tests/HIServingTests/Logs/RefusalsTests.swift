import Logging
import NIOCore
import Synchronization
import Testing

@testable import HIServing

@Suite struct RefusalsTests {
  @Test func soManyLinesASecondAndNoMore() {
    let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
    var allowance = LineAllowance(perSecond: 2, now: start)
    #expect(allowance.take(at: start) == 0)
    #expect(allowance.take(at: start) == 0)
    for _ in 0..<5 { #expect(allowance.take(at: start) == nil) }
    #expect(allowance.take(at: start + .milliseconds(400)) == nil)
    // Half a second is one line, which says what was left out.
    #expect(allowance.take(at: start + .milliseconds(600)) == 6)
    #expect(allowance.take(at: start + .milliseconds(650)) == nil)
    // However long nothing happens, no more than two come at once.
    let later = start + .hours(1)
    #expect([0, 0, 0].map { _ in allowance.take(at: later) } == [1, 0, nil])
  }

  /// Keeps what was logged.
  private final class Book: Sendable {
    let lines = Mutex<[(level: Logger.Level, message: String, metadata: Logger.Metadata)]>([])
  }

  private struct Handler: LogHandler {
    let book: Book
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      book.lines.withLock { $0.append((event.level, "\(event.message)", event.metadata ?? [:])) }
    }
  }

  @Test func eachIsCountedAndALineSaysWho() {
    let book = Book()
    let refusals = Refusals(
      logger: Logger(label: "test") { _ in Handler(book: book) }, linesPerSecond: 2)
    refusals.note(.wire, status: "overloaded", peer: "192.0.2.1", reason: "Full.\nReally.")
    refusals.note(.http, status: "500", isOwnFault: true, target: "POST /x", reason: "It broke.")
    for _ in 0..<100 { refusals.note(.wire, status: "overloaded", reason: "Full.") }
    #expect(
      refusals.counts == [
        .init(frontEnd: .wire, status: "overloaded"): 101, .init(frontEnd: .http, status: "500"): 1,
      ])
    let lines = book.lines.withLock { $0 }
    #expect(lines.count >= 2 && lines.count < 20)
    #expect(lines[0].level == .warning && lines[0].message == "request refused: Full. Really.")
    #expect(
      lines[0].metadata
        == ["protocol": "wire", "status": "overloaded", "peer": "192.0.2.1"])
    #expect(lines[1].level == .error && lines[1].message == "request failed: It broke.")
    #expect(lines[1].metadata["target"] == "POST /x")
  }

  @Test func aLineIsNoLongerThanALineOfALog() {
    let book = Book()
    let refusals = Refusals(logger: Logger(label: "test") { _ in Handler(book: book) })
    refusals.note(.grpc, status: "invalid", reason: String(repeating: "x", count: 100_000))
    #expect((book.lines.withLock { $0 }.first?.message.count ?? 0) < 400)
  }
}
