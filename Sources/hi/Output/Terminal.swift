import Foundation

/// What standard error is connected to.
enum Terminal {
  /// Whether a person is looking: progress bars show only then.
  static let isInteractive = isatty(FileHandle.standardError.fileDescriptor) == 1

  /// Writes to standard error: progress, logs and notes, never results.
  static func note(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
}
