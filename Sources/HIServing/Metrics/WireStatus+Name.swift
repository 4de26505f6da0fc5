internal import HITransport

extension WireStatus {
  /// Its name in metrics and logs.
  var name: String {
    switch self {
    case .ok: "ok"
    case .overloaded: "overloaded"
    case .deadlineExceeded: "deadline_exceeded"
    case .badRequest: "bad_request"
    case .modelFailed: "model_failed"
    case .notAuthorised: "not_authorised"
    case .otherModel: "other_model"
    }
  }
}
