/// Why parts do not make a trace, or two traces cannot be joined.
public enum TraceError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A trace of a model without exits.
  case noExits(model: String)
  /// A part has another number of values than the rest of the trace asks for.
  case wrongCount(model: String, part: String, found: Int, expected: Int)
  /// A label or a prediction that is no class.
  case classOutOfRange(model: String, part: String, sample: Int, found: Int, classes: Int)
  /// A sample that stands in the trace twice.
  case repeatedSample(model: String, index: Int)
  /// Only observations were kept, so nothing can be computed from logits.
  case noLogits(model: String)
  /// The remote trace has several exits.
  case remoteHasExits(model: String, exits: Int)
  /// The two traces are of different data sets, splits or label sets.
  case different(what: String, local: String, remote: String)
  /// The two traces disagree about a sample's true class.
  case differentLabels(local: String, remote: String, index: Int, localLabel: Int, remoteLabel: Int)
  /// The two traces have no sample in common.
  case nothingInCommon(local: String, remote: String)

  /// One sentence: what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .noExits(let model):
      "The trace of '\(model)' says that the model has no exit; record it from a bundle with at "
        + "least one stage."
    case .wrongCount(let model, let part, let found, let expected):
      "The trace of '\(model)' has \(found) \(part) where its samples ask for \(expected); record "
        + "or import it again."
    case .classOutOfRange(let model, let part, let sample, let found, let classes):
      "The trace of '\(model)' gives sample \(sample) the \(part) \(found), but its \(classes) "
        + "classes are numbered from 0; import it with labels that start at 0."
    case .repeatedSample(let model, let index):
      "The trace of '\(model)' holds sample \(index) of the split twice; record it again."
    case .noLogits(let model):
      "The trace of '\(model)' keeps no logits, which temperature scaling needs; record it again "
        + "with logits."
    case .remoteHasExits(let model, let exits):
      "The remote trace of '\(model)' has \(exits) exits where one is expected; give the trace of "
        + "the remote model, and the local one as local."
    case .different(let what, let local, let remote):
      "The local trace's \(what) is \(local) and the remote trace's is \(remote); record both on "
        + "the same data."
    case .differentLabels(let local, let remote, let index, let localLabel, let remoteLabel):
      "The traces of '\(local)' and '\(remote)' give sample \(index) the labels \(localLabel) and "
        + "\(remoteLabel); record both on the same data."
    case .nothingInCommon(let local, let remote):
      "The traces of '\(local)' and '\(remote)' have no sample in common; record both on the same "
        + "samples."
    }
  }
}
