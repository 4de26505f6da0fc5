/// Why a policy file cannot be used.
public enum PolicyDocumentError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file cannot be read or written.
  case unreadable(path: String, reason: String)
  /// The file is not a policy.
  case malformed(path: String, reason: String)
  /// The file's schema is not one that this version knows.
  case unknownSchema(path: String, found: String)
  /// The policy was made for another model.
  case madeForAnother(role: String, policy: String, found: String)
  /// The policy was made for another label set.
  case otherClasses(policy: Int, found: Int)
  /// The policy was made for another data set.
  case otherDataset(policy: String, found: String)

  /// One sentence: what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "The policy '\(path)' cannot be used: \(reason); give the path of a file that `hi calibrate` "
        + "wrote."
    case .malformed(let path, let reason):
      "The policy '\(path)' is not one: \(reason); write it again with `hi calibrate`."
    case .unknownSchema(let path, let found):
      "The policy '\(path)' has the schema '\(found)' where '\(PolicyDocument.currentSchema)' is "
        + "expected; write it again with `hi calibrate` of this version."
    case .madeForAnother(let role, let policy, let found):
      "The policy was made for the \(role) model \(policy) and is given \(found); calibrate one for "
        + "this model."
    case .otherClasses(let policy, let found):
      "The policy was made for another label set (\(policy) classes) than the trace's (\(found) "
        + "classes); calibrate one on these classes."
    case .otherDataset(let policy, let found):
      "The policy was calibrated on '\(policy)' and the trace is of '\(found)'; calibrate one on "
        + "that data."
    }
  }
}
