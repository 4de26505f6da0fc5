internal import HITransport

extension OffloadError {
  /// Refuses a response that belongs to another request; a server that gives no id back is believed.
  static func check(response: String?, to request: String) throws(OffloadError) {
    guard let response, !response.isEmpty, !request.isEmpty, response != request else { return }
    throw .protocolViolation(
      "The response has the id \(response.prefix(40)) where \(request) was asked for: something between here "
        + "and the server mixes up answers.")
  }
}
