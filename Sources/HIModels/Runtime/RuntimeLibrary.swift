internal import COnnxRuntime
internal import Foundation
internal import HIData

/// ONNX Runtime's shared library, opened at run time.
///
///     let library = try RuntimeLibrary()
///     print(library.version)   // 1.32.0
///
/// One library serves every model of a process.
public final class RuntimeLibrary: Sendable {
  /// Where it was found.
  public let path: String
  // ONNX Runtime's environment may be used from any thread at once; the pointer never changes.
  nonisolated(unsafe) let handle: OpaquePointer

  /// Finds the library and opens it.
  ///
  /// - Throws: ``ModelError/libraryNotFound(searched:)`` with the places that were looked at, or
  ///   ``ModelError/libraryUnusable(file:reason:)``.
  public convenience init() throws(ModelError) {
    try self.init(path: RuntimeLibrarySearch.standard.find())
  }

  /// Opens the library at a path.
  ///
  /// - Throws: ``ModelError/libraryUnusable(file:reason:)`` where it is not ONNX Runtime 1.17 or later.
  public init(path: String) throws(ModelError) {
    self.path = path
    var opened: OpaquePointer?
    if let reason = takeMessage(hi_ort_library_open(path, &opened)) {
      throw .libraryUnusable(file: path, reason: reason)
    }
    guard let opened else { throw .libraryUnusable(file: path, reason: "it gave no interface") }
    handle = opened
  }

  deinit { hi_ort_library_close(handle) }

  /// The library's version, for example `1.32.0`.
  public var version: String { String(cString: hi_ort_library_version(handle)) }
}

/// Takes over a message of the C shim; nil is success.
func takeMessage(_ message: UnsafeMutablePointer<CChar>?) -> String? {
  guard let message else { return nil }
  defer { free(message) }
  // Some of ONNX Runtime's messages have several lines; an error here is one sentence.
  return String(cString: message).split(whereSeparator: \.isNewline).joined(separator: " ")
}
