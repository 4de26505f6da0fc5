/// Why a server cannot start.
public enum HIServerError: Error, Sendable, Equatable {
  /// Another program listens on the port.
  case portInUse(host: String, port: Int)
  /// The port cannot be listened on; the system's reason.
  case cannotListen(host: String, port: Int, reason: String)
  /// An inference thread could not make its worker; the reason.
  case noWorker(String)
  /// The model that the wire and raw ports should serve is not loaded; nil where none is.
  case noWireModel(name: String?, loaded: [String])
  /// The model's input is none that a request can carry.
  case unservableInput(name: String, shape: [Int])
}

extension HIServerError: CustomStringConvertible {
  /// One sentence: what is wrong and what to do.
  public var description: String {
    switch self {
    case .portInUse(let host, let port):
      "Port \(port) on \(host) is in use by another program: stop it or choose another port."
    case .cannotListen(let host, let port, let reason):
      "Listening on port \(port) of \(host) is not possible (\(reason)): "
        + "choose another address or port."
    case .noWorker(let reason):
      "The model cannot be made ready to serve: \(reason)"
    case .noWireModel(let name?, let loaded):
      "The model \(name) that the wire port should serve is not loaded, only "
        + "\(loaded.joined(separator: ", ")): name one of them or add its bundle."
    case .noWireModel(nil, _):
      "No model is loaded, so there is nothing to serve: give one bundle at least."
    case .unservableInput(let name, let shape):
      "Model \(name) has the input shape \(shape), expected at most 8 dimensions, each positive: "
        + "mend its manifest."
    }
  }
}
