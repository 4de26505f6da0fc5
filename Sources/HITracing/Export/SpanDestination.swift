/// Where spans go: a file or a collector.
public protocol SpanDestination: Sendable {
  /// Delivers one document, `ExportTraceServiceRequest` of OTLP as JSON. It may block the export's own
  /// thread, for a bounded time.
  ///
  /// - Throws: why it was not delivered.
  func deliver(_ document: [UInt8]) throws(SpanExportError)

  /// Lets go of what it holds open.
  func close()
}

/// Why spans are not exported.
public enum SpanExportError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file cannot be written.
  case file(path: String, reason: String)
  /// The text is no URL of a collector.
  case notACollector(String)
  /// The collector did not take a document.
  case refused(url: String, reason: String)
  /// The program was built without HTTP.
  case notBuilt(url: String)

  /// One sentence: what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .file(let path, let reason):
      "The spans cannot be written to \(path) (\(reason)): make room there, or name another file."
    case .notACollector(let text):
      "'\(text)' is no collector's URL: write it like http://127.0.0.1:4318."
    case .refused(let url, let reason):
      "The collector at \(url) did not take the spans (\(reason)): look whether it runs."
    case .notBuilt(let url):
      "\(url) needs HTTP, which this hi was built without: give a file, or build it with "
        + "`make build-all`."
    }
  }
}
