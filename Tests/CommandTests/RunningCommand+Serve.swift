import Foundation

/// Where a `hi serve` of a test listens, as its `--json` says.
struct Listening: Decodable {
  let remote: String
  let model: String
  let digest: String
  let httpPort: Int?
  let grpcPort: Int?
  let rawPort: Int?

  #if OpenInference
    /// The protocols that a server speaks.
    static let frontEnds = ["wire", "http", "grpc"]
    /// What opens a port for each of them, where the system likes.
    static let ports = ["--http-port", "0", "--grpc-port", "0"]
  #else
    static let frontEnds = ["wire"]
    static let ports: [String] = []
  #endif

  /// The address for one of `frontEnds`, in plain text or, where the server has TLS, under it.
  func url(_ frontEnd: String) -> String {
    let s = remote.hasPrefix("his") ? "s" : ""
    return switch frontEnd {
    case "http": "http\(s)://127.0.0.1:\(httpPort ?? 0)"
    // gRPC takes a certificate for a host's name alone.
    case "grpc": "grpc\(s)://\(s.isEmpty ? "127.0.0.1" : "localhost"):\(grpcPort ?? 0)"
    default: remote
    }
  }
}

extension RunningCommand {
  /// A server on ports of the system's choice, and where it listens.
  static func serve(_ arguments: String...) async throws -> (RunningCommand, Listening) {
    try await serve(arguments)
  }

  /// A server on ports of the system's choice, and where it listens.
  static func serve(
    _ arguments: [String], port: Int = 0, log: FileHandle? = nil
  ) async throws -> (RunningCommand, Listening) {
    let server = try RunningCommand(
      ["serve"] + arguments + ["--port", "\(port)", "--json"], log: log)
    let line = try await server.outputLine()
    return (server, try JSONDecoder().decode(Listening.self, from: Data(line.utf8)))
  }
}
