/// Why the front ends of the Open Inference Protocol cannot start.
public enum OpenInferenceServerError: Error, Sendable, Equatable {
  /// Another program has the port.
  case portInUse(host: String, port: Int)
  /// The port cannot be bound; the system's reason.
  case cannotListen(host: String, port: Int, reason: String)
}

extension OpenInferenceServerError: CustomStringConvertible {
  /// One sentence: what is wrong and what to do.
  public var description: String {
    switch self {
    case .portInUse(let host, let port):
      "Port \(port) on \(host) is in use by another program: stop it or choose another port."
    case .cannotListen(let host, let port, let reason):
      "Listening on port \(port) of \(host) is not possible (\(reason)): "
        + "choose another address or port."
    }
  }
}
