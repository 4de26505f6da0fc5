import Foundation
import Testing

/// How a newcomer finds the way, and how a slip is understood.
@Suite struct FirstStepsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func withoutArgumentsTenLinesSayWhatToTryFirst() async throws {
    let result = try await Command.run()
    #expect(result.status == 0)
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    #expect(lines.count == 10)
    #expect(lines.allSatisfy { $0.count <= 100 })
    #expect(result.output.contains("hi demo"))
  }

  /// What is recommended exists: every command of the first steps has a help page.
  @Test func everyFirstStepIsACommand() async throws {
    let steps = try await Command.run().output
    let commands = steps.matches(of: /\ \ hi ([a-z]+)/).map { String($0.1) }
    #expect(commands.count == 7)
    for command in commands {
      #expect(try await Command.run(command, "--help").status == 0, "\(command)")
    }
  }

  @Test(arguments: [
    (["serv"], "`hi serve`"), (["trace", "recrod"], "`hi trace record`"),
    (["clasify"], "`hi classify`"), (["help", "plna"], "`hi plan`"), (["xyzzy"], "there are demo"),
  ])
  func aMistypedCommandIsAnsweredWithTheOneThatWasMeant(
    arguments: [String], meant: String
  ) async throws {
    let result = try await Command.run(arguments)
    #expect(result.status == 64)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains(meant), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  @Test(arguments: [
    ("--strategy", "ee-hii", "'ee-hi'"), ("--objective", "lateny", "'latency'"),
    ("--features", "two-higest", "'two-highest'"), ("--target", "localright", "'local-right'"),
  ])
  func aMistypedChoiceIsAnsweredWithTheOneThatWasMeant(
    option: String, typed: String, meant: String
  ) async throws {
    let result = try await Command.run(
      "calibrate", "--local", "a", "--remote", "b", "--out", "c", option, typed)
    #expect(result.status == 64)
    #expect(result.errors.contains("did you mean \(meant)?"), "\(result.errors)")
  }

  @Test(arguments: [
    ("fashion-tiny", "fashion-nist", "did you mean fashion-mnist?"),
    ("fashion-tny", "fashion-mnist", "did you mean fashion-tiny?"),
    ("Models/fashion-tiny.himodl", "fashion-mnist", "did you mean Models/fashion-tiny.himodel?"),
  ])
  func aMistypedModelOrDataSetIsAnsweredWithTheOneThatWasMeant(
    model: String, data: String, answer: String
  ) async throws {
    let result = try await Command.run(
      "trace", "record", "--model", model, "--data", data, "--out", folder.file("out.hitrace"))
    #expect(result.status == 1)
    #expect(result.errors.contains(answer), "\(result.errors)")
  }

  @Test func everyCommandThatPrintsResultsHasJSON() async throws {
    let help = try await Command.run("help").output
    let commands = help.matches(of: /\n  ([a-z]+) {2,}/).map { String($0.1) }
    #expect(commands.contains("classify"))
    for command in commands where !["trace", "help"].contains(command) {
      let result = try await Command.run(command, "--help")
      #expect(result.output.contains("--json"), "hi \(command)")
    }
  }

  @Test func theManualNamesEveryCommandAndIsMarkup() async throws {
    let manual = try await Command.run("manual").output
    for command in ["demo", "serve", "run", "classify", "wrap", "trace record", "calibrate"] {
      #expect(manual.contains(".SS hi \(command)"), "\(command)")
    }
    // Each line is text or one of the macros that were meant.
    let macros = Set(
      manual.split(separator: "\n").filter { $0.hasPrefix(".") }.map {
        $0.split(separator: " ")[0]
      })
    #expect(macros.isSubset(of: [".TH", ".SH", ".SS", ".PP", ".TP", ".B", ".I"]), "\(macros)")
  }
}
