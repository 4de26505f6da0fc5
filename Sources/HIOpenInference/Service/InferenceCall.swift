internal import HIData
internal import HIServing
internal import NIOCore

/// A request to infer that has come and was not looked at.
struct InferenceCall: Sendable {
  private let request: OpenInferenceRequest
  private let model: ServedModel
  private let interface: ModelInterface
  private let deadline: NIODeadline

  /// - Parameter transport: how long the transport waits, from now on; the request's own time-out may be shorter.
  init(_ request: OpenInferenceRequest, on model: ServedModel, within transport: Duration?) {
    self.request = request
    self.model = model
    interface = ModelInterface(model)
    let limits = [request.timeout, transport].compactMap(\.self)
    deadline = limits.min().map { .now() + TimeAmount($0) } ?? .distantFuture
  }

  /// Whether its samples take longer to make than an event loop has time for.
  var isLongToPrepare: Bool {
    interface.isLongToRead(request.inputs, beyond: FrontendExecutor.lightBytes)
  }

  /// Makes its samples.
  func prepared(maximumSamples: Int) throws(OpenInferenceError) -> PreparedInference {
    let wanted = try interface.outputs(for: request.outputs)
    if let count = request.inputs.first?.shape.first, count > maximumSamples {
      throw OpenInferenceError(
        .badRequest,
        "The request has \(count) samples and \(maximumSamples) are the most; send several requests."
      )
    }
    return PreparedInference(
      samples: try interface.samples(in: request.inputs),
      priority: request.isUrgent ? .high : .normal, deadline: deadline, id: request.id,
      model: model, interface: interface, wanted: wanted)
  }
}

/// What a model is asked for a request, and what its answers are in the protocol.
struct PreparedInference: Sendable {
  let samples: [Sample]
  let priority: InferencePriority
  let deadline: NIODeadline
  fileprivate let id: String
  let model: ServedModel
  fileprivate let interface: ModelInterface
  fileprivate let wanted: [(output: ModelInterface.Output, classification: Int)]

  /// How many bytes the outputs of its response have at most, but for those of classifications.
  var mostResponseBytes: Int { samples.count * (8 * interface.classes.count + 12) }

  /// The response with some answers, one a sample.
  func response(_ answers: [ModelAnswer]) -> OpenInferenceResponse {
    OpenInferenceResponse(
      model: model.name, version: model.version, id: id,
      outputs: interface.tensors(of: answers, as: wanted))
  }
}
