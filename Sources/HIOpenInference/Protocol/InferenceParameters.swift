/// A parameter's value, as both JSON and gRPC have it.
enum ParameterValue: Equatable {
  case boolean(Bool)
  case integer(Int64)
  case real(Double)
  case text(String)
}

/// The parameters of a request, of a tensor or of a model, by their names in order: of several that are
/// refused a client always hears of the same one.
struct Parameters: Sequence {
  private let values: [(name: String, value: ParameterValue)]

  init(_ values: [(name: String, value: ParameterValue)]) {
    self.values = values.count > 1 ? values.sorted { $0.name < $1.name } : values
  }

  subscript(name: String) -> ParameterValue? { values.first { $0.name == name }?.value }

  func makeIterator() -> IndexingIterator<[(name: String, value: ParameterValue)]> {
    values.makeIterator()
  }
}

/// What a request's parameters say. What is not implemented is refused, never ignored.
enum InferenceParameters {
  /// Hints that change nothing here: they tell other servers how the client encoded a tensor.
  private static let harmless: Set<String> = ["content_type", "headers"]

  /// The parameters of a whole request: `timeout` in microseconds, `priority` (1 goes first, 0 is the
  /// default), `binary_data_output`.
  ///
  /// - Returns: whether outputs go into the binary part unless they say otherwise.
  static func applyToRequest(
    _ parameters: Parameters, _ request: inout OpenInferenceRequest
  ) throws(OpenInferenceError) -> Bool {
    var isBinary = false
    for (name, value) in parameters {
      switch name {
      case "timeout":
        let microseconds = try count(value, name)
        request.timeout = microseconds > 0 ? .microseconds(microseconds) : nil
      case "priority": request.isUrgent = try count(value, name) == 1
      case "binary_data_output": isBinary = try flag(value, name)
      default: try refuse(name, of: "the request")
      }
    }
    return isBinary
  }

  /// The parameters of an output: `classification`, `binary_data`.
  static func apply(
    _ parameters: Parameters, to output: inout RequestedOutput
  ) throws(OpenInferenceError) {
    for (name, value) in parameters {
      switch name {
      case "classification": output.classification = try count(value, name)
      case "binary_data": output.isBinary = try flag(value, name)
      default: try refuse(name, of: "the output \"\(output.name)\"")
      }
    }
  }

  /// The parameters of an input: `binary_data_size`.
  static func binarySize(
    _ parameters: Parameters, tensor: String
  ) throws(OpenInferenceError) -> Int? {
    var size: Int?
    for (name, value) in parameters {
      switch name {
      case "binary_data_size": size = try count(value, name)
      default: try refuse(name, of: "the input \"\(tensor)\"")
      }
    }
    return size
  }

  private static func refuse(_ name: String, of owner: String) throws(OpenInferenceError) {
    if harmless.contains(name) { return }
    if name.hasPrefix("sequence_") || name.hasPrefix("shared_memory_") {
      throw OpenInferenceError(
        .unsupported,
        "The parameter \"\(name)\" of \(owner) is not supported here; send each request by itself, "
          + "with its tensors in it.")
    }
    throw .badRequest("The parameter \"\(name)\" of \(owner) is not known; leave it out.")
  }

  private static func count(
    _ value: ParameterValue, _ name: String
  ) throws(OpenInferenceError) -> Int {
    let number: Int? =
      switch value {
      case .integer(let number): Int(exactly: number)
      case .text(let text): Int(text)
      case .boolean, .real: nil
      }
    guard let number, (0...Int(Int32.max) * 1_000_000).contains(number) else {
      throw .badRequest("The parameter \"\(name)\" is a whole number, 0 or more.")
    }
    return number
  }

  private static func flag(
    _ value: ParameterValue, _ name: String
  ) throws(OpenInferenceError) -> Bool {
    guard case .boolean(let flag) = value else {
      throw .badRequest("The parameter \"\(name)\" is true or false.")
    }
    return flag
  }
}
