/// Why models cannot be loaded or found.
public enum RepositoryError: Error, Sendable, Equatable {
  /// The source has no model of this name.
  case unknownModel(name: String, known: [String])
  /// The folder holds no bundle.
  case noModels(folder: String)
  /// The folder cannot be listed; the system's reason.
  case unreadableFolder(path: String, reason: String)
  /// Two bundles are the same version of the same model.
  case duplicate(name: String, version: String, first: String, second: String)
  /// A bundle cannot be read; the reason, a sentence that names the file.
  case unreadableBundle(reason: String)
  /// An inference thread could not make its worker; the reason.
  case noWorker(name: String, reason: String)
  /// The model's input is none that a request can carry.
  case unservableInput(name: String, shape: [Int])
  /// The server is shutting down.
  case closed
}

extension RepositoryError: CustomStringConvertible {
  /// One sentence: what is wrong and what to do.
  public var description: String {
    switch self {
    case .unknownModel(let name, let known):
      "There is no model \(name) here, only \(known.joined(separator: ", ")): "
        + "ask for one of them or add its bundle."
    case .noModels(let folder):
      "\(folder) holds no model bundle: put NAME.himodel or NAME/VERSION/ANY.himodel into it; "
        + "`hi wrap` makes a bundle of an ONNX file."
    case .unreadableFolder(let path, let reason):
      "The model folder \(path) cannot be listed (\(reason)): check the path and its permissions."
    case .duplicate(let name, let version, let first, let second):
      "\(first) and \(second) are both version \(version) of the model \(name): "
        + "change the version of one or remove it."
    case .unreadableBundle(let reason): reason
    case .noWorker(_, let reason):
      "The model cannot be made ready to serve: \(reason)"
    case .unservableInput(let name, let shape):
      "Model \(name) has the input shape \(shape), expected at most 8 dimensions, each positive: "
        + "mend its manifest."
    case .closed:
      "The server is shutting down and loads no model: start it again."
    }
  }
}
