/// Why a recording cannot be written or used.
public enum RecordingFileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// There is no file at the path.
  case missing(path: String)
  /// The file is not one of ours, or could not be opened.
  case notARecording(path: String, reason: String)
  /// The file holds a run of other models or data.
  case ofOthers(path: String, found: String, wanted: String)
  /// The file's parts do not fit.
  case damaged(path: String, reason: String)
  /// Too few samples were asked of both models, or of too few the true class is known.
  case nothingToCalibrateOn(path: String, samples: Int, shadows: Int)

  /// One sentence: what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .missing(let path):
      "There is no recording at \(path); make one with `hi run --record`."
    case .notARecording(let path, let reason):
      "\(path) is not a recording (\(reason)); give a file that `--record` has written, or a path "
        + "where there is none."
    case .ofOthers(let path, let found, let wanted):
      "\(path) is a recording of \(found) and this run is of \(wanted); record it to another file."
    case .damaged(let path, let reason):
      "The recording \(path) is damaged: \(reason)"
    case .nothingToCalibrateOn(let path, let samples, let shadows):
      "\(path) holds \(samples) samples, and to \(shadows) of them both models' answers and the true "
        + "class are known; what a policy chose to offload says nothing about the rest, so record with "
        + "`hi run --shadow 0.1` to ask both about a random tenth."
    }
  }
}
