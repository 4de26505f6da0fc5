import ArgumentParser
import Foundation

/// `hi manual`: the manual page that `make install` puts in place, made of the commands themselves.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Prints the manual page, for `man -l -`.",
    shouldDisplay: false)

  func run() throws {
    let dump = try JSONDecoder().decode(CommandDump.self, from: Data(HI._dumpHelp().utf8))
    print(ManualPage(dump.command).text)
  }
}
