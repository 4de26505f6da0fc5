internal import HITransport

/// What a REST client of the protocol sends and reads.
enum RESTClientCodec {
  /// A request: the body, and how long its JSON part is where tensors follow it in binary.
  ///
  /// - Parameter isBinary: whether the server has the binary extension. Half precision has no form in
  ///   JSON and is always binary.
  static func encode(
    _ request: OpenInferenceRequest, isBinary: Bool
  ) -> (body: [UInt8], headerLength: Int?) {
    let isBinary = isBinary || request.inputs.contains { $0.datatype == .fp16 }
    var writer = JSONWriter()
    var binary: [UInt8] = []
    writer.object { writer in
      if !request.id.isEmpty { writer.member("id", request.id) }
      if let timeout = request.timeout {
        writer.key("parameters")
        writer.object { writer in
          writer.key("timeout")
          writer.integer(max(1, Int64(timeout / .microseconds(1))))
        }
      }
      writer.key("inputs")
      writer.array { writer in
        for input in request.inputs {
          writer.object { writer in
            writer.member("name", input.name)
            writer.member("datatype", input.datatype.rawValue)
            writer.key("shape")
            writer.array { writer in for size in input.shape { writer.integer(size) } }
            guard isBinary else {
              writer.key("data")
              return input.writeData(to: &writer)
            }
            writer.key("parameters")
            writer.object { writer in
              writer.key("binary_data_size")
              writer.integer(input.bytes.count)
            }
            binary += input.bytes
          }
        }
      }
      writer.key("outputs")
      writer.array { writer in
        for output in request.outputs {
          writer.object { writer in
            writer.member("name", output.name)
            guard isBinary else { return }
            writer.key("parameters")
            writer.object { writer in
              writer.key("binary_data")
              writer.boolean(true)
            }
          }
        }
      }
    }
    return (writer.bytes + binary, isBinary ? writer.bytes.count : nil)
  }

  /// The tensors of a response, binary or not, to the request of an id.
  static func decode(
    _ body: [UInt8], headerLength: Int?, answering request: String
  ) throws(OffloadError) -> [Tensor] {
    let length = headerLength ?? body.count
    guard (0...body.count).contains(length) else {
      throw .protocolViolation(
        "The response's Inference-Header-Content-Length is \(length) and its body has \(body.count) "
          + "bytes.")
    }
    do {
      var members = try JSONMembers(
        JSONDocument(reading: body[..<length]), of: "The response")
      try OffloadError.check(response: members.text("id"), to: request)
      var binary = body[length...]
      var tensors: [Tensor] = []
      for output in try members.list("outputs") ?? [] {
        tensors.append(try tensor(output, binary: &binary))
      }
      return tensors
    } catch let error as OffloadError {
      throw error
    } catch let error as OpenInferenceError {
      throw .protocolViolation(error.message)
    } catch {
      throw .protocolViolation("The response is not JSON: \(error)")
    }
  }

  private static func tensor(
    _ document: JSONDocument, binary: inout ArraySlice<UInt8>
  ) throws -> Tensor {
    var members = try JSONMembers(document, of: "An output")
    let name = try members.required(members.text("name"), "name")
    members.owner = "The output \"\(name)\""
    let datatype = try TensorDatatype(
      named: members.required(members.text("datatype"), "datatype"), tensor: name)
    let shape = try members.required(members.sizes("shape"), "shape")
    // Other servers' outputs have parameters of their own, which are theirs.
    if case .integer(let size)? = try members.parameters()["binary_data_size"] {
      guard size >= 0, size <= binary.count else {
        throw OpenInferenceError.badRequest(
          "The output \"\(name)\" has more bytes than the response.")
      }
      let bytes = Array(binary.prefix(Int(size)))
      binary = binary.dropFirst(Int(size))
      return try Tensor(name: name, datatype: datatype, shape: shape, bytes: bytes)
    }
    return try Tensor(
      name: name, datatype: datatype, shape: shape,
      data: members.required(members.take("data"), "data"))
  }

  /// Whether a server has the binary extension, out of its metadata; what says nothing has it not.
  static func takesBinaryTensors(serverMetadata body: [UInt8]) -> Bool {
    guard case .object(let members)? = try? JSONDocument(reading: body[...]),
      case .array(let extensions)? = members["extensions"]
    else { return false }
    return extensions.contains {
      if case .string("binary_tensor_data") = $0 { true } else { false }
    }
  }

  /// A model's tensors out of its metadata, for a device that knows so many classes; nil for any number.
  static func interface(
    _ body: [UInt8], classCount: Int? = nil
  ) throws(OffloadError) -> RemoteInterface {
    do {
      var members = try JSONMembers(JSONDocument(reading: body[...]), of: "The metadata")
      return try RemoteInterface(
        inputs: tensors(members.list("inputs") ?? []),
        outputs: tensors(members.list("outputs") ?? []), classCount: classCount)
    } catch let error as OffloadError {
      throw error
    } catch let error as OpenInferenceError {
      throw .protocolViolation(error.message)
    } catch {
      throw .protocolViolation("The model's metadata is not JSON: \(error)")
    }
  }

  private static func tensors(
    _ documents: JSONArray
  ) throws -> [RemoteInterface.TensorMetadata] {
    try documents.map { document in
      var members = try JSONMembers(document, of: "A tensor of the metadata")
      return RemoteInterface.TensorMetadata(
        name: try members.required(members.text("name"), "name"),
        datatype: try members.required(members.text("datatype"), "datatype"),
        shape: try members.required(members.sizes("shape"), "shape"))
    }
  }

  /// The names of the models that are ready, out of a repository's index.
  static func readyModels(_ body: [UInt8]) throws(OffloadError) -> [String] {
    guard case .array(let entries)? = try? JSONDocument(reading: body[...]) else {
      throw .protocolViolation("The repository's index is not a JSON array.")
    }
    var names: [String] = []
    for case .object(let entry) in entries {
      guard case .string(let name)? = entry["name"] else { continue }
      if case .string(let state)? = entry["state"], state != "READY" { continue }
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  /// The sentence of an error's body; the status and the body itself where it has none.
  static func message(status: Int, _ body: [UInt8]) -> String {
    if case .object(let members)? = try? JSONDocument(reading: body[...]),
      case .string(let message)? = members["error"]
    {
      return message
    }
    let words = String(decoding: body.prefix(200), as: UTF8.self)
    return "The server answered with the HTTP status \(status)\(words.isEmpty ? "" : ": ")\(words)"
  }

  /// What an HTTP status means for an offload.
  static func failure(status: Int, body: [UInt8]) -> OffloadError {
    switch status {
    case 401, 403: .notAuthorised
    case 429, 503: .overloaded
    case 408, 504: .deadlineExceeded
    case 412: .otherModel(message(status: status, body))
    case 400..<500, 501: .rejected(message(status: status, body))
    case 500..<600: .modelFailed(message(status: status, body))
    default: .protocolViolation("The server answered with the HTTP status \(status).")
    }
  }
}
