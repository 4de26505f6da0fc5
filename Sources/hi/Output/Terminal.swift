import Foundation

/// What one of the process's streams is connected to.
struct Terminal: Sendable, Equatable {
  /// Whether a person sees what is written, on a terminal that can rewrite a line.
  let isInteractive: Bool
  /// Whether it takes colours, and the person wants them.
  let takesColour: Bool

  /// Judges a stream.
  ///
  /// - Parameters:
  ///   - isTerminal: whether it is a terminal at all; files and pipes get plain text.
  ///   - environment: `TERM` is unset or `dumb` where nothing but plain lines can be shown; `NO_COLOR`
  ///     (https://no-color.org) asks for no colours where it is set to anything.
  init(isTerminal: Bool, environment: [String: String]) {
    let kind = environment["TERM"] ?? ""
    isInteractive = isTerminal && !kind.isEmpty && kind != "dumb"
    takesColour = isInteractive && (environment["NO_COLOR"] ?? "").isEmpty
  }

  private init(_ stream: FileHandle) {
    self.init(
      isTerminal: isatty(stream.fileDescriptor) == 1,
      environment: ProcessInfo.processInfo.environment)
  }

  /// Standard output: results.
  static let output = Terminal(.standardOutput)
  /// Standard error: progress, logs and notes.
  static let errors = Terminal(.standardError)

  /// Writes to standard error: progress, logs and notes, never results.
  static func note(_ text: String) {
    StandardError.write(text + "\n")
  }

  /// How many characters a line of standard error has, 80 where nobody says.
  static var errorColumns: Int {
    var size = winsize()
    let isKnown = ioctl(FileHandle.standardError.fileDescriptor, UInt(TIOCGWINSZ), &size) == 0
    return isKnown && size.ws_col > 0 ? Int(size.ws_col) : 80
  }
}

/// What a piece of text is to the reader; a terminal shows it by colour, other places not at all.
enum Tone: String, Sendable {
  case heading = "1"
  case faint = "2"
  case good = "32"
  case bad = "31"
  case caution = "33"
  case remote = "36"

  /// The text as a terminal shows it.
  func applied(to text: String, on terminal: Terminal) -> String {
    terminal.takesColour && !text.isEmpty ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
  }
}
