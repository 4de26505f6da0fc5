internal import HIServing
internal import HITransport

/// The header, in gRPC the metadata, by which client and server agree on a model.
///
/// Our servers show it with a model's metadata. A request to infer that has it is answered by that model or
/// refused, also where the model was replaced a moment ago.
enum ModelDigestHeader {
  static let name = "hi-model-digest"

  /// Refuses a request for another model than the one that is about to answer it.
  static func check(_ asked: String?, _ model: ServedModel) throws(OpenInferenceError) {
    let served = model.description.digest
    guard let asked, asked != served else { return }
    throw OpenInferenceError(
      .otherModel,
      "The server now serves '\(model.name)' (\(served.prefix(19))), another model than the one that "
        + "the request asks for: serve that one again, or calibrate a policy for this one.")
  }
}
