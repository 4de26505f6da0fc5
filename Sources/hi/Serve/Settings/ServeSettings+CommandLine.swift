import ArgumentParser
import Foundation
import HIData

extension ServeSettings {
  /// The command line of `hi serve` with what the environment and a file add to it, and whatever
  /// came from them; other commands as they are.
  static func completed(
    _ arguments: [String], environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> (arguments: [String], settings: ServeSettings?) {
    guard arguments.first == "serve", !arguments.contains(where: ["--help", "-h"].contains) else {
      return (arguments, nil)
    }
    let typed = Array(arguments.dropFirst())
    let settings = try ServeSettings(
      arguments: typed, options: try options(), environment: environment,
      file: { path in
        do {
          return Data(try FileBytes.read(path))
        } catch {
          throw CommandFailure("\(error)")
        }
      })
    return (["serve"] + settings.arguments + typed, settings)
  }

  /// Every option that `hi serve` has.
  private static func options() throws -> [Option] {
    let dump = try JSONDecoder().decode(CommandDump.self, from: Data(HI._dumpHelp().utf8))
    let serve = dump.command.subcommands?.first { $0.commandName == "serve" }
    return (serve?.arguments ?? []).compactMap { argument in
      guard argument.shouldDisplay else { return nil }
      switch argument.kind {
      case "positional": return Option(flag: bundles, isSwitch: false, isRepeating: true)
      case "option", "flag":
        guard let name = argument.names?.first(where: { $0.kind == "long" })?.name,
          !["help", "version", "json"].contains(name)
        else { return nil }
        return Option(
          flag: name, isSwitch: argument.kind == "flag", isRepeating: argument.isRepeating)
      default: return nil
      }
    }
  }
}
