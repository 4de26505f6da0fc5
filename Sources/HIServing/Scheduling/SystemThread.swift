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
  /// Runs a body on a thread of a name.
  typealias Start = (String, @escaping @Sendable () -> Void) throws(ThreadRefusal) -> Void

  private final class Work {
    let body: @Sendable () -> Void
    let name: String

    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }

    func run() {
      SystemThread.nameThisThread(name)
      body()
    }
  }

  /// Runs the body on a new thread, which ends with it.
  ///
  /// The system shows the name, as far as it keeps names: Linux has room for 15 bytes.
  ///
  /// - Parameter stackBytes: how much stack it has; nil for as much as the system gives by itself.
  static func start(
    name: String, stackBytes: Int? = nil, _ body: @escaping @Sendable () -> Void
  ) throws(ThreadRefusal) {
    let context = Unmanaged.passRetained(Work(name: name, body: body)).toOpaque()
    let status = create(context, stackBytes)
    guard status == 0 else {
      Unmanaged<Work>.fromOpaque(context).release()
      throw ThreadRefusal(reason: String(cString: strerror(status)))
    }
  }

  /// Makes the thread, which lets go of itself when it ends; gives 0, or the error's number.
  private static func create(_ context: UnsafeMutableRawPointer, _ stackBytes: Int?) -> Int32 {
    withUnsafeTemporaryAllocation(of: pthread_attr_t.self, capacity: 1) { attributes in
      guard let attributes = attributes.baseAddress else { return ENOMEM }
      var status = pthread_attr_init(attributes)
      guard status == 0 else { return status }
      defer { pthread_attr_destroy(attributes) }
      if let stackBytes { status = pthread_attr_setstacksize(attributes, stackBytes) }
      return status == 0 ? create(context, attributes) : status
    }
  }

  private static func create(
    _ context: UnsafeMutableRawPointer, _ attributes: UnsafePointer<pthread_attr_t>
  ) -> Int32 {
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let status = pthread_create(&thread, attributes, { SystemThread.run($0) }, context)
    #if canImport(Darwin)
      if status == 0, let thread { pthread_detach(thread) }
    #else
      if status == 0 { pthread_detach(thread) }
    #endif
    return status
  }

  /// Foundation keeps to itself what it calls a thread that it did not make, and Linux's function for it is
  /// not in Swift's C library: its file is. Where that is missing the thread goes without a name.
  private static func nameThisThread(_ name: String) {
    #if canImport(Darwin)
      pthread_setname_np(name)
    #else
      var short = name
      while short.utf8.count > 15 { short.removeLast() }
      guard let file = fopen("/proc/thread-self/comm", "w") else { return }
      fputs(short, file)
      fclose(file)
    #endif
  }

  private static func run(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run() }
    return nil
  }
}
