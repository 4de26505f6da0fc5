import ArgumentParser

/// The command line. A subcommand is one file, and has no logic of its own.
@main
struct HI: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hi",
    abstract: "Hierarchical inference: a small model on the device, a large one on a server.",
    discussion: """
      Try first:
        hi demo                                   everything below, in one command
        hi serve MODEL.himodel --port 9000        the remote side
        hi trace record --model M --data D --out T   what a model answers, once
        hi calibrate --local T --out policy.json  choose when to offload
        hi run --local M --remote hi://HOST:9000 --policy policy.json --data D
      """,
    subcommands: [
      DemoCommand.self, ServeCommand.self, RunCommand.self, TraceCommand.self,
      CalibrateCommand.self, EvaluateCommand.self, PlanCommand.self, PaperCommand.self,
      CompareCommand.self, MeasureCommand.self, DatasetsCommand.self,
    ])
}
