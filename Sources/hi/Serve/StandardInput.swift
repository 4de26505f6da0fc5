import Foundation

/// Standard input as a life line: it closes when the process at its other end is gone, however it went.
enum StandardInput {
  /// Waits until standard input has ended, or the task is cancelled.
  static func closed() async {
    let (ended, report) = AsyncStream.makeStream(of: Void.self)
    let source = DispatchSource.makeReadSource(
      fileDescriptor: FileHandle.standardInput.fileDescriptor, queue: .global())
    source.setEventHandler {
      if FileHandle.standardInput.availableData.isEmpty { report.yield() }
    }
    source.resume()
    for await _ in ended { break }
    source.cancel()
  }
}
