/// What `hi` says without arguments: what to try first, in ten lines.
enum FirstSteps {
  private static let steps: [(command: String, purpose: String)] = [
    ("hi demo --samples 1000", "all of it at once: real images, a real server, one table"),
    ("hi wrap M.onnx --out M.himodel", "your own ONNX model; no retraining"),
    ("hi trace record --help", "what each model answers to your samples, kept once"),
    ("hi calibrate --help", "choose from it when to ask the large model"),
    ("hi serve M.himodel", "the large model on its machine"),
    ("hi classify IMAGE --local M.himodel", "one answer a line: who gave it, and why"),
    ("hi plan --help", "which strategy your device should run, if any"),
  ]

  static func text(on terminal: Terminal) -> String {
    let width = steps.map(\.command.count).max() ?? 0
    let lines = steps.map { step in
      let padding = String(repeating: " ", count: width - step.command.count)
      return "  \(Tone.heading.applied(to: step.command, on: terminal))\(padding)  \(step.purpose)"
    }
    return
      ([
        "A small model answers here; what it is not sure of, a large one answers on a server.", "",
      ] + lines + ["`hi help` lists every command, `hi help COMMAND` explains one."])
      .joined(separator: "\n")
  }
}
