import ArgumentParser
import HIData

/// A subcommand that does not exist, and the one that was most likely meant.
struct MistypedCommand {
  let sentence: String

  /// Looks at the words before the first option; nil where they name commands.
  init?(_ arguments: [String], of command: any ParsableCommand.Type) {
    var command = command
    var path = [Self.name(of: command)]
    for (position, word) in arguments.enumerated() {
      let subcommands = command.configuration.subcommands
      guard !subcommands.isEmpty, !word.hasPrefix("-") else { return nil }
      if word == "help", position == 0 { continue }
      if let next = subcommands.first(where: { Self.name(of: $0) == word }) {
        command = next
        path.append(word)
        continue
      }
      let names = subcommands.filter { $0.configuration.shouldDisplay }.map(Self.name)
      let asked = path.joined(separator: " ")
      let advice =
        NearestName.suggestion(for: word, among: names).map { "did you mean `\(asked) \($0)`?" }
        ?? "there are \(names.joined(separator: ", "))."
      sentence = "`\(asked)` has no subcommand '\(word)'; \(advice)"
      return
    }
    return nil
  }

  private static func name(of command: any ParsableCommand.Type) -> String {
    command.configuration.commandName ?? command._commandName
  }
}
