import ArgumentParser
import Foundation

/// Where the program starts.
@main
enum EntryPoint {
  static func main() async {
    ClosedStreams.areKept()
    StandardOutput.failsTheProcessWhereItCannotBeWritten()
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.isEmpty { return print(FirstSteps.text(on: .output)) }
    if let mistake = MistypedCommand(arguments, of: HI.self) {
      Terminal.note("Error: \(mistake.sentence)")
      exit(ExitCode.validationFailure.rawValue)
    }
    do {
      let (arguments, settings) = try ServeSettings.completed(arguments)
      // A command line that does not parse is reported by `main`.
      do {
        if !(try HI.parseAsRoot(arguments) is any Interruption.Handled) {
          Interruption.leavesNothingBehind()
        }
      } catch {
        if let source = settings?.source(ofErrorIn: HI.message(for: error)) {
          Terminal.note(source)
        }
      }
      await HI.main(arguments)
    } catch {
      HI.exit(withError: error)
    }
  }
}
