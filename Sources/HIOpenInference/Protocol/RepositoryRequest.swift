/// The bodies of the repository calls over REST.
enum RepositoryRequest {
  /// Reads the body of an index call, which may be empty: `{"ready": true}` asks for loaded models only.
  static func wantsReadyOnly(_ body: [UInt8]) throws(OpenInferenceError) -> Bool {
    guard !body.isEmpty else { return false }
    var members = try JSONMembers(document(body), of: "The request")
    let isReady = try members.flag("ready") ?? false
    try members.finish()
    return isReady
  }

  /// Checks the body of a load or unload call: parameters that change what is loaded are refused.
  static func checkChange(_ body: [UInt8]) throws(OpenInferenceError) {
    guard !body.isEmpty else { return }
    var members = try JSONMembers(document(body), of: "The request")
    for (name, value) in try members.parameters() {
      try checkParameter(name, isSet: value != .boolean(false))
    }
    try members.finish()
  }

  /// Refuses a parameter of a load or unload call; unloading has no dependents here, and a client may
  /// say that it wants none unloaded.
  static func checkParameter(_ name: String, isSet: Bool) throws(OpenInferenceError) {
    guard name != "unload_dependents" || isSet else { return }
    throw OpenInferenceError(
      .unsupported,
      "The parameter \"\(name)\" is not supported here; change the model's files in the server's "
        + "folder and load it again.")
  }

  private static func document(_ body: [UInt8]) throws(OpenInferenceError) -> JSONDocument {
    do {
      return try JSONDocument(reading: body[...])
    } catch {
      throw .badRequest("The request is not JSON at byte \(error.offset): \(error.reason).")
    }
  }
}
