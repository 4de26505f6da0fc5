#if OpenInference
  internal import HIServing
  internal import HummingbirdCore
  internal import Logging
  internal import NIOCore
  internal import NIOHTTP1
  internal import NIOHTTPTypesHTTP1

  /// Puts what Hummingbird leaves out into the pipelines of HTTP connections. One that it does not fit into,
  /// as after a change of Hummingbird's own, is closed rather than served without.
  struct HTTPDoor: Sendable {
    private let stallLimit: TimeAmount
    private let idleLimit: TimeAmount
    private let largestBody: Int
    private let isEncrypted: Bool
    private let inference: RESTInference
    private var refusals: Refusals { inference.configuration.refusals }

    /// Makes the door before what answers requests to infer.
    init(_ inference: RESTInference) {
      self.inference = inference
      let configuration = inference.configuration
      stallLimit = TimeAmount(configuration.stallTimeout)
      idleLimit = TimeAmount(configuration.idleTimeout)
      largestBody = configuration.maximumBodyBytes
      isEncrypted = configuration.tls != nil
    }

    /// Completes a connection that Hummingbird has set up, before anything is read from it; on its event
    /// loop.
    func accept(_ channel: any Channel) {
      do {
        try complete(channel)
      } catch {
        ClosedDoor.shut(before: channel, .http, refusals, because: error)
      }
    }

    private func complete(_ channel: any Channel) throws {
      let pipeline = channel.pipeline.syncOperations
      let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
      try pipeline.addHandler(
        HTTPManners(largestBody: largestBody, lingerLimit: min(stallLimit, .seconds(2))),
        position: .after(decoder))
      let patience = HTTPPatience(stallLimit: stallLimit, idleLimit: idleLimit)
      let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
      try pipeline.addHandlers(
        [patience, RESTInferenceHandler(inference, patience: patience)], position: .before(codec))
      try pipeline.addHandler(HTTPFirstBytes(for: patience), position: .first)
      if isEncrypted { try HandshakeRefusals.add(to: channel, .http, refusals) }
    }

    /// Builds Hummingbird's HTTP/1 server behind this door.
    func builder(_ configuration: HTTP1Channel.Configuration) -> HTTPServerBuilder {
      HTTPServerBuilder { responder in
        GuardedHTTPChannel(
          base: HTTP1Channel(responder: responder, configuration: configuration), door: self)
      }
    }
  }

  /// Hummingbird's HTTP/1 connections, each through a door.
  private struct GuardedHTTPChannel: ServerChildChannel {
    let base: HTTP1Channel
    let door: HTTPDoor

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
      base.setup(channel: channel, logger: logger).map { value in
        door.accept(channel)
        return value
      }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
      await base.handle(value: value, logger: logger)
    }
  }
#endif
