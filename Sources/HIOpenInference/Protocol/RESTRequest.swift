/// An inference request as REST carries it: JSON, and after it the tensors of the binary extension.
struct RESTRequest: Equatable {
  /// What is asked.
  var request: OpenInferenceRequest
  /// Whether outputs go into the binary part unless they say otherwise.
  var hasBinaryOutput: Bool

  /// A request that did not come as JSON.
  init(_ request: OpenInferenceRequest, hasBinaryOutput: Bool) {
    self.request = request
    self.hasBinaryOutput = hasBinaryOutput
  }

  /// Reads a body.
  ///
  /// - Parameters:
  ///   - body: decompressed.
  ///   - headerLength: of the header `Inference-Header-Content-Length`; nil where the whole body is
  ///     JSON.
  init(body: [UInt8], headerLength: Int?) throws(OpenInferenceError) {
    let length = headerLength ?? body.count
    guard (0...body.count).contains(length) else {
      throw .badRequest(
        "Inference-Header-Content-Length is \(length) and the body has \(body.count) bytes; give the "
          + "length of the JSON that the body begins with.")
    }
    let document: JSONDocument
    do {
      document = try JSONDocument(reading: body[..<length])
    } catch {
      throw .badRequest("The request is not JSON at byte \(error.offset): \(error.reason).")
    }
    var members = try JSONMembers(document, of: "The request")
    let id = try members.text("id")
    let parameters = try members.parameters()
    let inputs = try members.list("inputs") ?? []
    let outputs = try members.list("outputs") ?? []
    try members.finish()

    guard !inputs.isEmpty else {
      throw .badRequest("The request has no inputs; give at least one tensor.")
    }
    var binary = body[length...]
    var tensors: [Tensor] = []
    for input in inputs { tensors.append(try Self.tensor(input, binary: &binary)) }
    guard binary.isEmpty else {
      throw .badRequest(
        "\(binary.count) bytes follow the last tensor; give each binary input its "
          + "\"binary_data_size\".")
    }
    request = OpenInferenceRequest(inputs: tensors)
    request.id = id ?? ""
    hasBinaryOutput = try InferenceParameters.applyToRequest(parameters, &request)
    for output in outputs { request.outputs.append(try Self.output(output)) }
  }

  private static func tensor(
    _ document: JSONDocument, binary: inout ArraySlice<UInt8>
  ) throws(OpenInferenceError) -> Tensor {
    var members = try JSONMembers(document, of: "An input")
    let name = try members.required(members.text("name"), "name")
    members.owner = "The input \"\(name)\""
    let datatype = try TensorDatatype(
      named: members.required(members.text("datatype"), "datatype"), tensor: name)
    let shape = try members.required(members.sizes("shape"), "shape")
    let size = try InferenceParameters.binarySize(members.parameters(), tensor: name)
    let data = members.take("data")
    try members.finish()
    switch (data, size) {
    case (let data?, nil):
      return try Tensor(name: name, datatype: datatype, shape: shape, data: data)
    case (nil, let size?):
      guard size <= binary.count else {
        throw .badRequest(
          "The input \"\(name)\" has \"binary_data_size\" \(size) and \(binary.count) bytes are "
            + "left in the body.")
      }
      let bytes = Array(binary.prefix(size))
      binary = binary.dropFirst(size)
      return try Tensor(name: name, datatype: datatype, shape: shape, bytes: bytes)
    case (nil, nil):
      throw .badRequest(
        "The input \"\(name)\" has no data; give it \"data\", or \"binary_data_size\" and its bytes "
          + "after the JSON.")
    case (_?, _?):
      throw .badRequest(
        "The input \"\(name)\" has both \"data\" and \"binary_data_size\"; give one of them.")
    }
  }

  private static func output(
    _ document: JSONDocument
  ) throws(OpenInferenceError) -> RequestedOutput {
    var members = try JSONMembers(document, of: "An output")
    var output = RequestedOutput(name: try members.required(members.text("name"), "name"))
    members.owner = "The output \"\(output.name)\""
    try InferenceParameters.apply(members.parameters(), to: &output)
    try members.finish()
    return output
  }
}

/// An object's members while each is taken once; what is left at the end is refused.
struct JSONMembers {
  /// Whose they are, at the beginning of a sentence.
  var owner: String
  private let members: JSONObject
  /// The places of the members that were asked for.
  private var taken = PlaceSet()

  init(_ document: JSONDocument, of owner: String) throws(OpenInferenceError) {
    guard case .object(let members) = document else {
      throw .badRequest("\(owner) is \(document.kind) where a JSON object belongs.")
    }
    self.owner = owner
    self.members = members
  }

  /// A member as it is; nil where it is missing or null.
  mutating func take(_ name: String) -> JSONDocument? {
    guard let place = members.place(of: name) else { return nil }
    assert(!taken.contains(place), "it is taken once")
    taken.insert(place)
    let value = members.members[place].value
    if case .null = value { return nil }
    return value
  }

  mutating func text(_ name: String) throws(OpenInferenceError) -> String? {
    guard let value = take(name) else { return nil }
    guard case .string(let text) = value else { throw misfit(name, value, wanted: "a string") }
    return text
  }

  mutating func flag(_ name: String) throws(OpenInferenceError) -> Bool? {
    guard let value = take(name) else { return nil }
    guard case .boolean(let flag) = value else { throw misfit(name, value, wanted: "a boolean") }
    return flag
  }

  mutating func list(_ name: String) throws(OpenInferenceError) -> JSONArray? {
    guard let value = take(name) else { return nil }
    guard case .array(let list) = value else { throw misfit(name, value, wanted: "an array") }
    return list
  }

  mutating func sizes(_ name: String) throws(OpenInferenceError) -> [Int]? {
    guard let list = try list(name) else { return nil }
    var sizes: [Int] = []
    for element in list {
      guard case .integer(let size) = element, let size = Int(exactly: size) else {
        throw misfit(name, element, wanted: "an array of whole numbers")
      }
      sizes.append(size)
    }
    return sizes
  }

  mutating func parameters() throws(OpenInferenceError) -> Parameters {
    guard let value = take("parameters") else { return Parameters([]) }
    guard case .object(let object) = value else {
      throw misfit("parameters", value, wanted: "an object")
    }
    return Parameters(
      object.members.map { name, value in
        switch value {
        case .boolean(let flag): (name, .boolean(flag))
        case .integer(let number): (name, .integer(number))
        case .unsigned(let number): (name, .real(Double(number)))
        case .real(let number): (name, .real(number))
        case .string(let text): (name, .text(text))
        // Only the names of hints that are not looked at have such values.
        case .null, .array, .object: (name, .text(""))
        }
      })
  }

  func required<Value>(_ value: Value?, _ name: String) throws(OpenInferenceError) -> Value {
    guard let value else { throw .badRequest("\(owner) has no \"\(name)\"; give it one.") }
    return value
  }

  /// Refuses members that nobody took.
  func finish() throws(OpenInferenceError) {
    guard taken.count < members.members.count else { return }
    let left = members.members.indices.filter { !taken.contains($0) }
    if let name = left.map({ members.members[$0].name }).min() {
      throw .badRequest(
        "\(owner) has the member \"\(name)\", which the protocol does not; leave it out.")
    }
  }

  private func misfit(
    _ name: String, _ value: JSONDocument, wanted: String
  ) -> OpenInferenceError {
    .badRequest("\(owner) has \(value.kind) for \"\(name)\" where \(wanted) belongs.")
  }
}

/// Places in an array, mostly among the first.
private struct PlaceSet {
  private var first: UInt64 = 0
  private var others: Set<Int> = []

  var count: Int { first.nonzeroBitCount + others.count }

  func contains(_ place: Int) -> Bool {
    place < 64 ? first & 1 << UInt64(place) != 0 : others.contains(place)
  }

  mutating func insert(_ place: Int) {
    if place < 64 { first |= 1 << UInt64(place) } else { others.insert(place) }
  }
}
