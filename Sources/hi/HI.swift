import ArgumentParser

/// The command line. A subcommand is one file, and has no logic of its own.
struct HI: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hi",
    abstract: "Hierarchical inference: a small model on the device, a large one on a server.",
    discussion: "`hi` alone says what to try first.",
    version: "0.1.0",
    subcommands: [
      DemoCommand.self, ServeCommand.self, RunCommand.self, ClassifyCommand.self,
      WrapCommand.self, TraceCommand.self, CalibrateCommand.self, EvaluateCommand.self,
      PlanCommand.self, PaperCommand.self, ReportCommand.self, CompareCommand.self,
      MeasureCommand.self,
      DatasetsCommand.self, ManualCommand.self,
    ])
}
