import ArgumentParser

/// A manual page in the `man` macros, which every system's `man` reads.
struct ManualPage {
  /// The page.
  let text: String

  init(_ command: CommandDump.Command) {
    var lines = [
      ".TH HI 1 \"\" \"hi \(HI.configuration.version)\" \"Hierarchical inference\"", ".SH NAME",
      "hi \\- \(Self.plain(command.abstract ?? ""))", ".SH SYNOPSIS", ".B hi", ".I subcommand",
      "[options]", ".SH DESCRIPTION",
      "A small model answers here; what it is not sure of, a large one answers on a server.",
      "Results go to standard output, progress and logs to standard error.",
      "Latencies are in milliseconds, energies in millijoules, shares from 0 to 1.",
      ".SH SUBCOMMANDS",
    ]
    for subcommand in Self.shown(command) {
      lines += Self.section(subcommand, path: [command.commandName])
    }
    lines.append(".SH ENVIRONMENT")
    for (name, meaning) in Self.environment { lines += [".TP", ".B \(name)", meaning] }
    lines += [".SH EXIT STATUS", "0 for success, 64 for wrong usage, 1 otherwise."]
    text = lines.joined(separator: "\n")
  }

  private static let environment = [
    ("HI_DATA", "The folder that holds data sets by name."),
    ("HI_MODELS", "The folder that holds the shipped bundles."),
    ("ONNXRUNTIME_LIBRARY", "The shared library of ONNX Runtime."),
    ("NO_COLOR", "Set to anything, no colour is used."),
  ]

  private static func shown(_ command: CommandDump.Command) -> [CommandDump.Command] {
    (command.subcommands ?? []).filter { $0.shouldDisplay != false && $0.commandName != "help" }
  }

  private static func section(_ command: CommandDump.Command, path: [String]) -> [String] {
    let path = path + [command.commandName]
    var lines = [".SS \(plain(path.joined(separator: " ")))", plain(command.abstract ?? "")]
    if let discussion = command.discussion, !discussion.isEmpty {
      lines += [".PP", plain(discussion)]
    }
    for argument in command.arguments ?? []
    where argument.shouldDisplay && !["help", "version"].contains(argument.valueName) {
      lines += item(argument)
    }
    return lines + shown(command).flatMap { section($0, path: path) }
  }

  private static func item(_ argument: CommandDump.Argument) -> [String] {
    let names = (argument.names ?? []).map { "\\fB\(plain($0.typed))\\fR" }
    let value =
      argument.kind == "flag"
      ? [] : ["\\fI\(plain(argument.valueName ?? "value"))\\fR"]
    let tag = (names.joined(separator: ", "), argument.isRepeating ? " ..." : "")
    let standard = argument.defaultValue.map { ["Default: \(plain($0))."] } ?? []
    return [
      ".TP", ([tag.0].filter { !$0.isEmpty } + value).joined(separator: " ") + tag.1,
      plain(argument.abstract ?? ""),
    ] + standard
  }

  /// Text in which nothing is markup.
  private static func plain(_ text: String) -> String {
    text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
      .split(separator: "\n", omittingEmptySubsequences: true).map { line in
        line.hasPrefix(".") || line.hasPrefix("'") ? "\\&\(line)" : String(line)
      }.joined(separator: "\n")
  }
}
