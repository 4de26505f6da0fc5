import ArgumentParser

/// `hi trace`: make and read traces.
struct TraceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Makes and reads traces: what a model answers to each sample, once.",
    subcommands: [TraceRecordCommand.self, TraceImportCommand.self, TraceInfoCommand.self])
}
