internal import Foundation

/// Why there is no thread.
struct ThreadRefusal: Error, CustomStringConvertible {
  /// The system's reason.
  let reason: String

  var description: String {
    "The system makes no more threads (\(reason)): raise its limit (ulimit -u, or the container's pids "
      + "limit), or ask for fewer workers."
  }
}

/// A thread of the system's.
///
/// Foundation's `Thread` does not say where the system has made none: whoever waits for it then waits
/// for good.
enum SystemThread {
  private final class Work {
    let body: @Sendable () -> Void
    let name: String

    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }

    func run() {
      Thread.current.name = name
      body()
    }
  }

  /// Runs the body on a new thread, which ends with it.
  static func start(
    name: String, _ body: @escaping @Sendable () -> Void
  ) throws(ThreadRefusal) {
    let context = Unmanaged.passRetained(Work(name: name, body: body)).toOpaque()
    let status = create(context)
    guard status == 0 else {
      Unmanaged<Work>.fromOpaque(context).release()
      throw ThreadRefusal(reason: String(cString: strerror(status)))
    }
  }

  /// Makes the thread, which lets go of itself when it ends; gives 0, or the error's number.
  private static func create(_ context: UnsafeMutableRawPointer) -> Int32 {
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let status = pthread_create(&thread, nil, { SystemThread.run($0) }, context)
    #if canImport(Darwin)
      if status == 0, let thread { pthread_detach(thread) }
    #else
      if status == 0 { pthread_detach(thread) }
    #endif
    return status
  }

  private static func run(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run() }
    return nil
  }
}
