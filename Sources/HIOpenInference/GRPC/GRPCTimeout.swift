/// How long a gRPC client waits, from its `grpc-timeout` header: up to eight digits and a unit.
enum GRPCTimeout {
  /// Gives nil where there is no header or it is not of that form.
  static func duration(_ header: String?) -> Duration? {
    guard let header, let unit = header.last, header.utf8.count <= 9,
      let amount = Int64(header.dropLast()), amount >= 0
    else { return nil }
    switch unit {
    case "H": return .seconds(amount * 3600)
    case "M": return .seconds(amount * 60)
    case "S": return .seconds(amount)
    case "m": return .milliseconds(amount)
    case "u": return .microseconds(amount)
    case "n": return .nanoseconds(amount)
    default: return nil
    }
  }
}
