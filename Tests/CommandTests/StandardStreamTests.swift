import Foundation
import Testing

/// What a command does where its standard streams cannot be used.
@Suite struct StandardStreamTests {
  /// Runs a line of the shell's, in which `hi` is the command that was built.
  private func shell(_ line: String) async throws -> Command.Result {
    try await Command.run(
      ["-c", "hi() { \"$0\" \"$@\"; }; \(line)", Command.executable.path],
      of: URL(filePath: "/bin/sh"))
  }

  #if os(Linux)
    @Test(arguments: ["datasets", "datasets --json", "--help", "paper", "manual", ""])
    func resultsThatADiskDoesNotTakeAreAFailure(arguments: String) async throws {
      let result = try await shell("hi \(arguments) > /dev/full")
      #expect(result.status == 1)
      #expect(result.errors.contains("No space left on device"), "\(result.errors)")
    }
  #endif

  @Test func resultsThatNobodyCanTakeAreAFailure() async throws {
    let result = try await shell("hi datasets >&-")
    #expect(result.status == 1)
    #expect(result.errors.hasPrefix("Error: Standard output could not be written to its end ("))
  }

  @Test func aReaderThatHasEnoughIsNoFailure() async throws {
    let result = try await shell("hi manual | head -n 1")
    #expect(result.status == 0)
    #expect(!result.output.isEmpty)
    #expect(result.errors.isEmpty)
  }

  @Test(arguments: ["2>&-", "2>/dev/full"])
  func aMistakeThatCannotBeToldIsStillOne(redirection: String) async throws {
    #expect(try await shell("hi calibrat \(redirection)").status == 64)
  }
}
