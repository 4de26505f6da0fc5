import Foundation
import Testing

@testable import hi

/// What a person sees at a terminal, and what a file or another program gets.
@Suite struct TerminalTests {
  private let folder: TemporaryFolder
  private let escape = "\u{1B}["

  init() throws { folder = try TemporaryFolder() }

  private var recording: [String] {
    [
      "trace", "record", "--model", model("fashion-tiny"), "--data", "fashion-mnist", "--out",
      folder.file("out.hitrace"),
    ]
  }

  @Test(arguments: [
    (true, ["TERM": "xterm"], true, true), (true, ["TERM": "xterm", "NO_COLOR": "1"], true, false),
    (true, ["TERM": "dumb"], false, false), (true, [:], false, false),
    (false, ["TERM": "xterm"], false, false),
    (true, ["TERM": "xterm", "NO_COLOR": ""], true, true),
  ])
  func aTerminalIsJudgedByItsEnvironment(
    isTerminal: Bool, environment: [String: String], isInteractive: Bool, takesColour: Bool
  ) {
    let terminal = Terminal(isTerminal: isTerminal, environment: environment)
    #expect(terminal.isInteractive == isInteractive)
    #expect(terminal.takesColour == takesColour)
  }

  @Test func aTableAlignsWordsLeftAndFiguresRightWhateverItsColours() {
    var table = TextTable(header: ["strategy", "accuracy", "meets", "by"])
    table.rows = [["hi", "9.50%", "yes", "remote"], ["on-device", "100.00%", "no", "-"]]
    let plain = table.text(on: Terminal(isTerminal: false, environment: [:]))
    #expect(
      plain == """
        strategy   accuracy  meets  by
        ─────────  ────────  ─────  ──────
        hi            9.50%  yes    remote
        on-device   100.00%  no     -
        """)
    let coloured = table.text(on: Terminal(isTerminal: true, environment: ["TERM": "xterm"]))
    #expect(coloured.contains("\(escape)32myes\(escape)0m"))
    #expect(coloured.replacing(/\u{1B}\[[0-9]*m/, with: "") == plain)
  }

  @Test(arguments: [
    (500, 10.0, 79, "recording     ████████████░░░░░░░░░░░░  500/1000  50/s  10 s left"),
    (0, 0.0, 79, "recording     ░░░░░░░░░░░░░░░░░░░░░░░░  0/1000"),
    (1000, 4.0, 79, "recording     ████████████████████████  1000/1000  250/s"),
    (1, 4.0, 79, "recording     ░░░░░░░░░░░░░░░░░░░░░░░░  1/1000  0.2/s  1 h 6 min left"),
    (500, 10.0, 40, "recording  500/1000  50/s  10 s left"),
    (500, 10.0, 20, "recording  500/1000 "),
  ])
  func aProgressLineSaysHowFarHowFastAndHowLong(
    done: Int, seconds: Double, columns: Int, text: String
  ) {
    let line = ProgressLine(title: "recording", total: 1000, done: done, seconds: seconds)
    #expect(line.text(columns: columns) == text)
  }

  @Test func aPersonSeesProgressAndThenATableInColour() async throws {
    let terminal = try PseudoTerminal(recording + ["--samples", "3000"])
    #expect(try await terminal.finish() == 0)
    #expect(terminal.seen.contains("recording"))
    #expect(terminal.seen.contains(/\d+\/3000  \d+\/s  \d+ s left/))
    #expect(terminal.seen.contains("\(escape)1mexit"))
    // The bar is gone before the results come.
    let bar = try #require(terminal.seen.range(of: "\r\(escape)K", options: .backwards))
    #expect(!terminal.seen[bar.upperBound...].contains("█"))
  }

  @Test(arguments: [["TERM": "dumb"], ["NO_COLOR": "1"]])
  func whoWantsNoColoursGetsNone(environment: [String: String]) async throws {
    let terminal = try PseudoTerminal(recording + ["--samples", "20"], environment: environment)
    #expect(try await terminal.finish() == 0)
    #expect(!terminal.seen.contains("\(escape)1m"))
    #expect(environment["TERM"] == nil || !terminal.seen.contains("\u{1B}"))
    #expect(terminal.seen.contains("mean confidence"))
  }

  @Test func aPipeGetsNeitherColoursNorProgress() async throws {
    let result = try await Command.run(recording + ["--samples", "20"])
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    #expect(!result.output.contains("\u{1B}"))
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
  func aSignalInTheMiddleOfTheWorkLeavesNoFile(signal: Int32) async throws {
    let terminal = try PseudoTerminal(recording)
    try await terminal.read(until: "left")
    terminal.send(signal)
    #expect(try await terminal.finish() == -signal)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
  }

  /// The bar goes away when the last sample is done, and the file is written then.
  @Test func aSignalWhileTheFileIsWrittenLeavesNoHalfOfIt() async throws {
    let terminal = try PseudoTerminal(recording + ["--samples", "6000"])
    try await terminal.read(until: "left")
    let before = terminal.seen.count
    while !terminal.seen.dropFirst(before).hasSuffix("\r\(escape)K") {
      let length = terminal.seen.count
      try await terminal.readMore()
      if terminal.seen.count == length { break }
    }
    terminal.send(SIGINT)
    _ = try await terminal.finish()
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    #expect(left.isEmpty || left == ["out.hitrace"], "\(left)")
  }
}
