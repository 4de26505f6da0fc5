/// Why data could not be read. Each text is one sentence: what was expected, what was found, what to do.
public enum DataError: Error, Sendable, Equatable {
  /// There is no such file.
  case fileNotFound(file: String)
  /// The file is there and cannot be read.
  case unreadable(file: String, reason: String)
  /// The file begins with something else than its format demands.
  case wrongMagic(file: String, expected: String, found: String)
  /// The header says something that the format does not allow.
  case malformedHeader(file: String, reason: String)
  /// The file is sound and of a kind that is not read here.
  case unsupported(file: String, found: String, wanted: String)
  /// The file's (uncompressed) length in bytes is not what its header or its format says.
  case wrongLength(file: String, expected: String, found: String)
  /// The gzip stream does not decompress.
  case corruptCompression(file: String, reason: String)
  /// A label is not one of the classes.
  case labelOutOfRange(file: String, record: Int, label: Int, classes: Int)
  /// Two files that belong together do not have one record for each other's.
  case countMismatch(samples: String, sampleCount: Int, labels: String, labelCount: Int)
  /// The training part is too small to hold samples out of it.
  case tooFewTrainingSamples(dataset: String, found: Int, heldOut: Int)
  /// A name that is neither a data set of the catalogue nor a folder.
  case unknownDataset(name: String, known: [String])
  /// A picture of a data set cannot be used.
  case image(ImageError)
  /// None of the places that were looked at holds the data set.
  case datasetNotFound(name: String, searched: [String], help: String)
}

extension DataError: CustomStringConvertible {
  /// One sentence for the person who asked for the data.
  public var description: String {
    switch self {
    case .fileNotFound(let file):
      "\(file) does not exist; check the path."
    case .unreadable(let file, let reason):
      "\(file) cannot be read (\(reason)); check that it is a file and its permissions."
    case .wrongMagic(let file, let expected, let found):
      "\(file) begins with \(found) where \(expected) was expected; check that it is the right file."
    case .malformedHeader(let file, let reason):
      "\(file) has a header that \(reason); fetch or write the file again."
    case .unsupported(let file, let found, let wanted):
      "\(file) holds \(found) and only \(wanted) is read; convert the file."
    case .wrongLength(let file, let expected, let found):
      "\(file) has \(found) where \(expected) were expected; fetch or write the file again."
    case .corruptCompression(let file, let reason):
      "\(file) is not a sound gzip file (\(reason)); fetch it again."
    case .labelOutOfRange(let file, let record, let label, let classes):
      "\(file) labels record \(record) with \(label) and the classes are 0 to \(classes - 1); "
        + "check that it is the right file."
    case .countMismatch(let samples, let sampleCount, let labels, let labelCount):
      "\(samples) has \(sampleCount) samples and \(labels) has \(labelCount) labels; "
        + "use two files that belong together."
    case .tooFewTrainingSamples(let dataset, let found, let heldOut):
      "\(dataset) has \(found) training samples and more than \(heldOut) are needed to hold "
        + "\(heldOut) out for calibration; use the whole data set."
    case .unknownDataset(let name, let known):
      "\(name) is neither a folder nor one of the data sets \(known.joined(separator: ", ")); "
        + (NearestName.suggestion(for: name, among: known).map { "did you mean \($0)?" }
          ?? "give one of these names or a folder.")
    case .image(let error):
      error.description
    case .datasetNotFound(let name, let searched, let help):
      "\(name) is in none of \(searched.joined(separator: ", ")); \(help)."
    }
  }
}
