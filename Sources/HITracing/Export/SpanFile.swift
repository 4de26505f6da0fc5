internal import Synchronization

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// A file of OTLP documents, one a line, as the OpenTelemetry collector's file exporter writes them and its
/// `otlpjsonfile` receiver reads them.
///
/// Lines are appended, each whole; several processes may share a file.
public final class SpanFile: SpanDestination {
  private let path: String
  private let descriptor: Mutex<Int32?>

  /// Opens a file, or makes it.
  public init(path: String) throws(SpanExportError) {
    self.path = path
    let opened = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    guard opened >= 0 else { throw .file(path: path, reason: Self.words(errno)) }
    descriptor = Mutex(opened)
  }

  deinit { close() }

  /// Appends a line.
  public func deliver(_ document: [UInt8]) throws(SpanExportError) {
    guard let descriptor = descriptor.withLock({ $0 }) else { return }
    var rest = (document + [UInt8(ascii: "\n")])[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw .file(path: path, reason: Self.words(errno)) }
      rest = rest.dropFirst(written)
    }
  }

  /// Closes the file.
  public func close() {
    let open = descriptor.withLock { descriptor in
      defer { descriptor = nil }
      return descriptor
    }
    guard let open else { return }
    #if canImport(Darwin)
      Darwin.close(open)
    #elseif canImport(Musl)
      Musl.close(open)
    #else
      Glibc.close(open)
    #endif
  }

  private static func words(_ code: Int32) -> String { String(cString: strerror(code)) }
}
