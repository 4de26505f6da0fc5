#if OpenInference
  internal import HIServing
  internal import HITracing
  internal import NIOCore
  internal import NIOHTTP1
  internal import Tracing

  /// A request to infer as far as it has come.
  final class RESTGathering {
    let target: RESTInferenceTarget
    let trace: RequestTrace?
    /// Whether its client wants the connection's end after it.
    let endsConnection: Bool
    /// What is to be answered, or how it is refused.
    private(set) var admission: Result<RESTInference.Admitted, RESTFailure>
    private(set) var body = ByteBuffer()
    /// How many bytes of a body have come, kept or not; of one that is refused, how many will have.
    private(set) var length = 0

    /// Begins with a request's headers.
    init(_ head: HTTPRequestHead, _ target: RESTInferenceTarget, for inference: RESTInference) {
      self.target = target
      trace = inference.configuration.tracer.map {
        inference.trace(head, target, by: $0)
      }
      endsConnection = head.headers[joined: "connection"] == "close"
      admission = inference.admit(head, for: target)
      if case .failure = admission { length = inference.announcedLength(head) ?? 0 }
    }

    /// Keeps more of the body, or counts it where the request is refused.
    func add(_ bytes: ByteBuffer, limit: Int) {
      length += bytes.readableBytes
      guard case .success = admission else { return }
      if length > limit {
        refuse(RESTBody.tooLarge(limit))
      } else if body.readableBytes == 0 {
        body = bytes
      } else {
        body.writeImmutableBuffer(bytes)
      }
    }

    /// There is nobody to answer.
    func endTrace() { trace?.end("disconnected", failure: "The connection has ended.") }

    func refuse(_ error: any Error) {
      admission = .failure(target.failure(error))
      body = ByteBuffer()
    }
  }
#endif
