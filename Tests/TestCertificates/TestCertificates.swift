public import Foundation

/// Certificates that `openssl` has just made in a folder that goes with them.
///
/// `ca` signs `server` (for 127.0.0.1 and localhost), `expired`, `ending` (within two days), `elsewhere` (for
/// another host) and `client`; `other` is an authority that nobody trusts, and has signed `stranger`.
public final class TestCertificates: Sendable {
  private let folder: URL

  /// Makes them; some tens of milliseconds.
  public init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let script = folder.appending(path: "make.sh")
    try Self.script.write(to: script, atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = [script.path]
    process.currentDirectoryURL = folder
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.executableNotLoadable) }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// The PEM file of a certificate.
  public func certificate(_ name: String) -> String { folder.appending(path: "\(name).pem").path }

  /// The PEM file of its private key.
  public func key(_ name: String) -> String { folder.appending(path: "\(name).key").path }

  private static let script = """
    set -e
    authority() {
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \\
        -keyout "$1.key" -out "$1.pem" -subj "/CN=$1"
    }
    signed() { # name authority days names
      openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$1.key" \\
        -out "$1.csr" -subj "/CN=$1"
      printf 'subjectAltName=%s' "$4" >"$1.ext"
      openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days "$3" \\
        -extfile "$1.ext" -out "$1.pem"
    }
    authority ca
    authority other
    signed server ca 30 IP:127.0.0.1,DNS:localhost
    signed expired ca -1 IP:127.0.0.1,DNS:localhost
    signed ending ca 2 IP:127.0.0.1,DNS:localhost
    signed elsewhere ca 2 DNS:elsewhere.example
    signed client ca 2 DNS:device
    signed stranger other 2 IP:127.0.0.1,DNS:localhost
    """
}
