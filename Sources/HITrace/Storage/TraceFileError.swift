/// Why a trace file cannot be written or read.
public enum TraceFileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// There is no file at the path.
  case missing(path: String)
  /// The file is not one of ours.
  case notATrace(path: String, reason: String)
  /// The file was written by another version of this software.
  case otherVersion(path: String, found: Int, expected: Int)
  /// The file is one of ours, but its parts do not fit.
  case damaged(path: String, reason: String)
  /// The file could not be written; what stood there before still does.
  case cannotWrite(path: String, reason: String)

  /// One sentence: what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .missing(let path):
      "There is no trace at \(path); make one with `hi trace record`."
    case .notATrace(let path, let reason):
      "\(path) is not a trace (\(reason)); give a file that `hi trace record` or `hi trace import` "
        + "has written."
    case .otherVersion(let path, let found, let expected):
      "\(path) is a trace of version \(found) where version \(expected) is expected; record it "
        + "again."
    case .damaged(let path, let reason):
      "The trace \(path) is damaged: \(reason)"
    case .cannotWrite(let path, let reason):
      "The trace could not be written to \(path) (\(reason)); give a place that exists, is writable "
        + "and has room."
    }
  }
}
