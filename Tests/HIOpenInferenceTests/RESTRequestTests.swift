import HIData
import Testing

@testable import HIOpenInference

@Suite struct RESTRequestTests {
  static func read(
    _ json: String, _ binary: [UInt8] = [], hasHeader: Bool = false
  ) throws(OpenInferenceError) -> RESTRequest {
    let json = Array(json.utf8)
    return try RESTRequest(
      body: json + binary, headerLength: hasHeader || !binary.isEmpty ? json.count : nil)
  }

  @Test func everythingThatTheProtocolHasIsRead() throws {
    let read = try Self.read(
      """
      {"id": "7", "parameters": {"timeout": 1500, "priority": 1, "binary_data_output": true,
        "content_type": "np"},
       "inputs": [{"name": "x", "shape": [2, 2], "datatype": "FP32", "data": [[1, 2.5], [-3, 4e1]]},
        {"name": "y", "shape": [3], "datatype": "UINT8", "parameters": {"binary_data_size": 3}}],
       "outputs": [{"name": "a", "parameters": {"binary_data": false}},
        {"name": "b", "parameters": {"classification": 3}}]}
      """, [9, 8, 7])
    #expect(read.hasBinaryOutput)
    #expect(read.request.id == "7")
    #expect(read.request.timeout == .microseconds(1500))
    #expect(read.request.isUrgent)
    #expect(
      read.request.inputs == [
        .floats("x", shape: [2, 2], [1, 2.5, -3, 40]),
        try Tensor(name: "y", datatype: .uint8, shape: [3], bytes: [9, 8, 7]),
      ])
    #expect(
      read.request.outputs == [
        RequestedOutput(name: "a", isBinary: false), RequestedOutput(name: "b", classification: 3),
      ])
  }

  /// The elements as text, and their little-endian bytes.
  static let values: [(TensorDatatype, String, [UInt8])] = [
    (.bool, "true, 0", [1, 0]), (.uint8, "0, 255", [0, 255]), (.int8, "-128, 127", [128, 127]),
    (.uint16, "513, 65535", [1, 2, 255, 255]), (.int16, "-2, 256", [254, 255, 0, 1]),
    (.uint32, "4294967295, 1", [255, 255, 255, 255, 1, 0, 0, 0]),
    (.int32, "-1, 2.0", [255, 255, 255, 255, 2, 0, 0, 0]),
    (
      .uint64, "18446744073709551615, 1",
      [255, 255, 255, 255, 255, 255, 255, 255, 1, 0, 0, 0, 0, 0, 0, 0]
    ),
    (
      .int64, "-9223372036854775808, 3",
      [0, 0, 0, 0, 0, 0, 0, 128, 3, 0, 0, 0, 0, 0, 0, 0]
    ),
    (.fp32, "1, -0.5", [0, 0, 128, 63, 0, 0, 0, 191]),
    (.fp64, "1, 2", [0, 0, 0, 0, 0, 0, 240, 63, 0, 0, 0, 0, 0, 0, 0, 64]),
    (.bytes, "\"ab\", \"\"", [2, 0, 0, 0, 97, 98, 0, 0, 0, 0]),
  ]

  @Test(arguments: values)
  func everyDatatypeIsReadFromJSONAndFromBinaryAlike(
    datatype: TensorDatatype, text: String, bytes: [UInt8]
  ) throws {
    let name = datatype.rawValue
    let json = try Self.read(
      "{\"inputs\": [{\"name\": \"x\", \"shape\": [2], \"datatype\": \"\(name)\", \"data\": [\(text)]}]}"
    )
    let binary = try Self.read(
      """
      {"inputs": [{"name": "x", "shape": [2], "datatype": "\(name)",
        "parameters": {"binary_data_size": \(bytes.count)}}]}
      """, bytes)
    #expect(json.request.inputs.first?.bytes == bytes)
    #expect(json == binary)
  }

  /// What is wrong, and a word of the sentence that says so.
  static let mistakes: [(String, String)] = [
    ("", "not JSON"), ("[]", "JSON object"), ("{\"inputs\": 3}", "an array"), ("{}", "no inputs"),
    ("{\"inputs\": [], \"x\": 1}", "\"x\""),
    // However many others stand before them, members that the protocol has are not blamed.
    (
      "{" + (0..<70).map { "\"z\($0)\": 1, " }.joined() + "\"id\": \"\", \"inputs\": []}",
      "member \"z0\""
    ), ("{\"inputs\": [1]}", "An input"),
    (#"{"inputs": [{"shape": [1], "datatype": "UINT8", "data": [1]}]}"#, "no \"name\""),
    (#"{"inputs": [{"name": "x", "datatype": "UINT8", "data": [1]}]}"#, "no \"shape\""),
    (#"{"inputs": [{"name": "x", "shape": [1], "data": [1]}]}"#, "no \"datatype\""),
    (#"{"inputs": [{"name": "x", "shape": [1], "datatype": "UINT9", "data": [1]}]}"#, "UINT9"),
    (#"{"inputs": [{"name": "x", "shape": [1.5], "datatype": "UINT8", "data": [1]}]}"#, "shape"),
    (#"{"inputs": [{"name": "x", "shape": [-1], "datatype": "UINT8", "data": [1]}]}"#, "[-1]"),
    (
      #"{"inputs": [{"name": "x", "shape": [9223372036854775807, 3], "datatype": "UINT8", "data": []}]}"#,
      "fit into memory"
    ),
    (#"{"inputs": [{"name": "x", "shape": [1], "datatype": "UINT8"}]}"#, "no data"),
    (#"{"inputs": [{"name": "x", "shape": [2], "datatype": "UINT8", "data": [1]}]}"#, "1 elements"),
    (#"{"inputs": [{"name": "x", "shape": [1], "datatype": "UINT8", "data": [256]}]}"#, "256"),
    (#"{"inputs": [{"name": "x", "shape": [1], "datatype": "INT8", "data": [1.5]}]}"#, "1.5"),
    (#"{"inputs": [{"name": "x", "shape": [1], "datatype": "FP32", "data": [1e300]}]}"#, "FP32"),
    (#"{"inputs": [{"name": "x", "shape": [1], "datatype": "FP16", "data": [1]}]}"#, "binary part"),
    (#"{"inputs": [{"name": "x", "shape": [1], "datatype": "BYTES", "data": [1]}]}"#, "BYTES"),
    (#"{"inputs": [{"name": "x", "shape": [1], "datatype": "UINT8", "data": "1"}]}"#, "an array"),
    (
      #"{"inputs": [{"name": "x", "shape": [2, 2], "datatype": "UINT8", "data": [[1, 2], [3]]}]}"#,
      "1 elements"
    ),
    (
      #"{"inputs": [{"name": "x", "shape": [1], "datatype": "UINT8", "parameters": {"binary_data_size": 1}}]}"#,
      "0 bytes are left"
    ),
    (
      #"{"inputs": [{"name": "x", "shape": [1], "datatype": "UINT8", "data": [1], "parameters": {"binary_data_size": 1}}]}"#,
      "both"
    ),
    (
      #"{"parameters": {"timeout": -1}, "inputs": [{"name": "x", "shape": [1], "datatype": "UINT8", "data": [1]}]}"#,
      "timeout"
    ),
    (
      #"{"parameters": {"fast": 1}, "inputs": [{"name": "x", "shape": [1], "datatype": "UINT8", "data": [1]}]}"#,
      "fast"
    ),
  ]

  @Test(arguments: mistakes)
  func aMistakeIsNamedInOneSentence(json: String, word: String) throws {
    let error = #expect(throws: OpenInferenceError.self) { try Self.read(json) }
    let message = try #require(error?.message)
    #expect(error?.kind == .badRequest)
    #expect(message.contains(word), "\(message)")
    #expect(message.hasSuffix(".") && !message.dropLast().contains(". "))
  }

  @Test(arguments: ["sequence_id", "shared_memory_region"])
  func whatIsNotImplementedIsRefusedAsSuch(parameter: String) {
    let json =
      "{\"parameters\": {\"\(parameter)\": 1}, \"inputs\": [{\"name\": \"x\", \"shape\": [1], "
      + "\"datatype\": \"UINT8\", \"data\": [1]}]}"
    let error = #expect(throws: OpenInferenceError.self) { try Self.read(json) }
    #expect(error?.kind == .unsupported)
  }

  @Test func bytesThatNoInputClaimsAreRefused() {
    let json = #"{"inputs": [{"name": "x", "shape": [1], "datatype": "UINT8", "data": [1]}]}"#
    #expect(throws: OpenInferenceError.self) { try Self.read(json, [0]) }
    #expect(throws: OpenInferenceError.self) {
      try RESTRequest(body: Array(json.utf8), headerLength: json.utf8.count + 1)
    }
  }

  @Test func changedBytesAreARequestOrARefusalAndNeverACrash() throws {
    let json = Array(
      #"{"id":"7","inputs":[{"name":"x","shape":[2,2],"datatype":"FP32","data":[[1,2.5],[-3,4e1]]},{"name":"y","shape":[3],"datatype":"BYTES","parameters":{"binary_data_size":15}}],"outputs":[{"name":"a"}]}"#
        .utf8)
    let body = json + [1, 0, 0, 0, 97, 1, 0, 0, 0, 98, 1, 0, 0, 0, 99]
    #expect(throws: Never.self) { try RESTRequest(body: body, headerLength: json.count) }
    var generator = SeededGenerator(seed: 11)
    var refused = 0
    for _ in 0..<20_000 {
      var changed = body
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let place = Int.random(in: changed.indices, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: changed[place] = .random(in: 0...255, using: &generator)
        case 1: changed.remove(at: place)
        default: changed.insert(changed[place], at: place)
        }
      }
      let length = Int.random(in: 0..<10, using: &generator) == 0 ? changed.count : json.count
      do throws(OpenInferenceError) {
        let read = try RESTRequest(body: changed, headerLength: length)
        for tensor in read.request.inputs {
          #expect(tensor.elements?.count ?? tensor.count == tensor.count)
        }
      } catch {
        refused += 1
      }
    }
    #expect(refused > 10_000)
  }
}

@Suite struct RESTResponseTests {
  private let response = OpenInferenceResponse(
    model: "m", version: "2", id: "7",
    outputs: [
      .floats("a", shape: [1, 2], [0.25, 1]), .integers("b", shape: [1], [-1]),
      .texts("c", shape: [1], ["x"]),
    ])

  private func members(_ response: RESTResponse) throws -> JSONDocument {
    try JSONDocument(reading: response.body.prefix(response.headerLength ?? response.body.count))
  }

  @Test func tensorsAreJSONUnlessAskedOtherwise() throws {
    var request = RESTRequest(OpenInferenceRequest(inputs: []), hasBinaryOutput: false)
    request.request.outputs = ["a", "b", "c"].map { RequestedOutput(name: $0) }
    let encoded = RESTResponse(response, to: request)
    #expect(encoded.headerLength == nil)
    func output(_ name: String, _ type: String, _ shape: [Int64], _ data: [JSONDocument])
      -> JSONDocument
    {
      .object([
        "name": .string(name), "datatype": .string(type), "data": .array(JSONArray(data)),
        "shape": .array(JSONArray(shape.map { .integer($0) })),
      ])
    }
    #expect(
      try members(encoded)
        == .object([
          "id": .string("7"), "model_name": .string("m"), "model_version": .string("2"),
          "outputs": .array([
            output("a", "FP32", [1, 2], [.real(0.25), .real(1)]),
            output("b", "INT64", [1], [.integer(-1)]), output("c", "BYTES", [1], [.string("x")]),
          ]),
        ]))
  }

  @Test func binaryTensorsFollowTheJSONInTheirOrder() throws {
    var request = RESTRequest(OpenInferenceRequest(inputs: []), hasBinaryOutput: true)
    request.request.outputs = [
      RequestedOutput(name: "a"), RequestedOutput(name: "b", isBinary: false),
      RequestedOutput(name: "c", isBinary: true),
    ]
    let encoded = RESTResponse(response, to: request)
    let length = try #require(encoded.headerLength)
    #expect(
      Array(encoded.body[length...]) == [0, 0, 128, 62, 0, 0, 128, 63, 1, 0, 0, 0, 120])
    guard case .object(let members) = try members(encoded),
      case .array(let outputs)? = members["outputs"]
    else {
      Issue.record("the response has no outputs")
      return
    }
    let sizes = outputs.map { output -> JSONDocument? in
      guard case .object(let members) = output else { return nil }
      return members["parameters"]
    }
    #expect(
      sizes == [
        .object(["binary_data_size": .integer(8)]), nil, .object(["binary_data_size": .integer(5)]),
      ])
  }
}
