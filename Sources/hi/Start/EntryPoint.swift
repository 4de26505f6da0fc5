import ArgumentParser
import Foundation

/// Where the program starts.
@main
enum EntryPoint {
  static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.isEmpty { return print(FirstSteps.text(on: .output)) }
    if let mistake = MistypedCommand(arguments, of: HI.self) {
      Terminal.note("Error: \(mistake.sentence)")
      exit(ExitCode.validationFailure.rawValue)
    }
    // A command line that does not parse is reported by `main`.
    if !((try? HI.parseAsRoot(arguments)) is any Interruption.Handled) {
      Interruption.leavesNothingBehind()
    }
    await HI.main(arguments)
  }
}
