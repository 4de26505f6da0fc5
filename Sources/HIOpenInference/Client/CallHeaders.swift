#if OpenInference
  internal import HITracing
  internal import HITransport
  internal import Tracing

  /// What a client's calls carry beside their messages: where in a trace they are, and which model has to
  /// answer. Servers that know nothing of it ignore it.
  struct CallHeaders: Sendable {
    let modelDigest: String?
    let tracer: (any Tracer)?

    /// Names and values for a request to infer by the present task.
    var values: [(name: String, value: String)] {
      var values: [(name: String, value: String)] = []
      if let modelDigest { values.append((ModelDigestHeader.name, modelDigest)) }
      if let tracer, let context = InstrumentationContext.current {
        values += TraceHeaders(of: context, by: tracer).values.sorted { $0.key < $1.key }
          .map { (name: $0.key, value: $0.value) }
      }
      return values
    }

    /// Refuses a server that shows another model than the one that was agreed on; other people's servers
    /// show none.
    func check(shown: String?, at endpoint: OpenInferenceEndpoint) throws(OffloadError) {
      guard let modelDigest, let shown, shown != modelDigest else { return }
      throw .otherModel(
        "The server at \(endpoint) serves \(shown.prefix(19)), and the model agreed on is "
          + "\(modelDigest.prefix(19)): serve that one, or calibrate a policy for this one.")
    }
  }
#endif
