import ArgumentParser
import HIOpenInference
import HIServing

/// What one client may take of a server.
struct LimitOptions: ParsableArguments {
  @Option(help: "The most connections, on the wire and raw ports together and on the HTTP port.")
  var maxConnections = 1024

  @Option(help: "The most requests of one wire connection that wait or run.")
  var maxInFlight = 128

  @Option(help: "The longest frame of the wire protocol in bytes.")
  var maxFrameBytes = 16 << 20

  @Option(help: "The largest request over HTTP or gRPC in bytes, decompressed or not.")
  var maxBodyBytes = 64 << 20

  @Option(help: "The most bytes of a request's HTTP headers.")
  var maxHeaderBytes = 32 << 10

  @Option(help: "The most samples of one request over HTTP or gRPC.")
  var maxSamples = 256

  @Option(help: "Seconds that a connection may be quiet.")
  var idleTimeout = 300.0

  @Option(help: "Seconds that a client may take to send a request's head or body, or to read.")
  var stallTimeout = 10.0

  @Option(help: "Seconds that a client may take for its TLS handshake and to show its token.")
  var handshakeTimeout = 10.0

  func validate() throws {
    for (name, value, range) in [
      ("--max-connections", maxConnections, 1...1_000_000),
      ("--max-in-flight", maxInFlight, 1...65536),
      ("--max-frame-bytes", maxFrameBytes, 1024...(1 << 30)),
      ("--max-body-bytes", maxBodyBytes, 1024...(1 << 30)),
      ("--max-header-bytes", maxHeaderBytes, 1024...(1 << 20)),
      ("--max-samples", maxSamples, 1...65536),
    ] where !range.contains(value) {
      throw ValidationError(
        "\(name) is from \(range.lowerBound) to \(range.upperBound), not \(value).")
    }
    for (name, value) in [
      ("--idle-timeout", idleTimeout), ("--stall-timeout", stallTimeout),
      ("--handshake-timeout", handshakeTimeout),
    ] where !(0.1...86_400).contains(value) {
      throw ValidationError("\(name) is from 0.1 to 86400 seconds, not \(value).")
    }
  }

  func apply(to configuration: inout HIServerConfiguration) {
    configuration.maximumConnections = maxConnections
    configuration.maximumInFlightPerConnection = maxInFlight
    configuration.maximumFrameLength = maxFrameBytes
    configuration.idleTimeout = .seconds(idleTimeout)
    configuration.stallTimeout = .seconds(stallTimeout)
    configuration.admissionTimeout = .seconds(handshakeTimeout)
  }

  func apply(to configuration: inout OpenInferenceConfiguration) {
    configuration.maximumConnections = maxConnections
    configuration.maximumBodyBytes = maxBodyBytes
    configuration.maximumHeaderBytes = maxHeaderBytes
    configuration.maximumSamples = maxSamples
    configuration.idleTimeout = .seconds(idleTimeout)
    configuration.stallTimeout = .seconds(stallTimeout)
  }
}
