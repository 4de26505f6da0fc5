import HIData
import HITransport
import Testing

@testable import HIOpenInference

@Suite struct RemoteInterfaceTests {
  typealias Metadata = RemoteInterface.TensorMetadata

  static func interface(
    _ outputs: [(String, String, [Int])], input: (String, [Int]) = ("UINT8", [-1, 2, 2]),
    classCount: Int? = nil
  ) throws(OffloadError) -> RemoteInterface {
    try RemoteInterface(
      inputs: [Metadata(name: "x", datatype: input.0, shape: input.1)],
      outputs: outputs.map { Metadata(name: $0.0, datatype: $0.1, shape: $0.2) },
      classCount: classCount)
  }

  static let sample = Sample(elementType: .uint8, shape: [2, 2], bytes: [0, 1, 2, 255])!

  @Test func thisProjectsOutputsArePreferred() throws {
    let interface = try Self.interface([
      ("logits", "FP32", [-1, 3]), ("confidence", "FP32", [-1]), ("class", "INT64", [-1]),
    ])
    #expect(interface.answer == .classAndConfidence)
    let request = try interface.request(for: Self.sample, deadline: .milliseconds(2))
    #expect(request.outputs.map(\.name) == ["class", "confidence"])
    #expect(request.timeout == .milliseconds(2))
    let answer = try interface.answer(in: [
      .integers("class", shape: [1], [2]), .floats("confidence", shape: [1], [0.5]),
    ])
    #expect(answer == (2, 0.5))
  }

  @Test(
    arguments: [
      ([("a", "FP32", [-1, 10])], "a"), ([("a", "FP16", [10])], "a"),
      ([("c", "INT64", [-1, 5]), ("b", "FP64", [1, 5])], "b"),
      ([("a", "FP32", [-1, 10]), ("probabilities", "FP32", [-1, 10])], "probabilities"),
    ] as [([(String, String, [Int])], String)])
  func otherServersScoresAreFound(outputs: [(String, String, [Int])], name: String) throws {
    #expect(try Self.interface(outputs).answer == .scores(name))
  }

  @Test(
    arguments: [
      [], [("a", "INT64", [-1, 5])], [("boxes", "FP32", [-1, 5, 4])], [("a", "FP32", [-1, 1])],
    ] as [[(String, String, [Int])]])
  func whatIsNoClassifierIsRefused(outputs: [(String, String, [Int])]) {
    #expect(throws: OffloadError.self) { try Self.interface(outputs) }
  }

  @Test(arguments: [5, 11, 100])
  func aModelOfAnotherNumberOfClassesIsRefusedWithBoth(found: Int) {
    let error = #expect(throws: OffloadError.self) {
      try Self.interface([("logits", "FP32", [-1, found])], classCount: 10)
    }
    guard case .rejected(let words)? = error else {
      Issue.record("\(error.map { "\($0)" } ?? "accepted")")
      return
    }
    #expect(words.contains("\(found) values") && words.contains("10 classes"))
  }

  @Test(
    arguments: [
      ([("a", "FP32", [-1, 10])], "a"), ([("a", "FP32", [-1, -1])], "a"),
      ([("features", "FP32", [-1, 128]), ("a", "FP32", [-1, 10])], "a"),
      ([("probabilities", "FP32", [-1, 11]), ("a", "FP32", [10])], "a"),
    ] as [([(String, String, [Int])], String)])
  func scoresOfAsManyClassesAreChosen(outputs: [(String, String, [Int])], name: String) throws {
    #expect(try Self.interface(outputs, classCount: 10).answer == .scores(name))
  }

  /// A background class that the metadata did not tell of, one row to two samples, five classes.
  @Test(
    arguments: [
      ([1, 11], nil), ([1, 5], nil), ([2, 10], nil), ([2, 5], nil), ([11], nil), ([10, 1], nil),
      ([1, 10], 2), ([2, 5], 2), ([2, 11], 2), ([4, 5], 2), ([1, 20], 2), ([3, 10], 2),
    ] as [([Int], Int?)])
  func scoresThatAreNotOneRowASampleAndOneValueAClassBreakTheProtocol(
    shape: [Int], count: Int?
  ) throws {
    let interface = try Self.interface([("a", "FP32", [-1, -1])], classCount: 10)
    let values = (0..<shape.reduce(1, *)).map { Float($0) }
    let error = #expect(throws: OffloadError.self) {
      try interface.answers(in: [.floats("a", shape: shape, values)], count: count)
    }
    guard case .protocolViolation(let words)? = error else {
      Issue.record("\(error.map { "\($0)" } ?? "accepted")")
      return
    }
    #expect(words.contains("\(shape)") && words.contains("[\(count ?? 1), 10]"))
  }

  @Test(arguments: [[2, 3], [6], [2, 1, 3]])
  func aRowASampleIsReadWhateverItsForm(shape: [Int]) throws {
    let interface = try Self.interface([("a", "FP32", [-1, 3])], classCount: 3)
    let found = try interface.answers(
      in: [.floats("a", shape: shape, [0, 0, 9, 9, 0, 0])], count: 2)
    #expect(found.map(\.prediction) == [2, 0])
  }

  /// Nobody who takes any number of classes can tell them but by the rows.
  @Test func oneRowIsNoAnswerToTwoSamplesWhateverItsSize() throws {
    let interface = try Self.interface([("a", "FP32", [-1, -1])])
    #expect(throws: OffloadError.self) {
      try interface.answers(
        in: [.floats("a", shape: [1, 4], [0, 1, 2, 3])], count: 2)
    }
  }

  @Test func probabilitiesStayAndLogitsBecomeThem() throws {
    let interface = try Self.interface([("a", "FP32", [-1, 3])])
    let given = try interface.answer(in: [.floats("a", shape: [1, 3], [0.25, 0.5, 0.25])])
    #expect(given == (1, 0.5))
    // Two equal logits far above the third: one half each.
    let computed = try interface.answer(in: [.floats("a", shape: [1, 3], [-90, 7, 7])])
    #expect(computed == (1, 0.5))
  }

  @Test(arguments: [[], [.nan, 1], [1]] as [[Float]])
  func whatIsNoAnswerBreaksTheProtocol(values: [Float]) throws {
    let interface = try Self.interface([("a", "FP32", [-1, 3])])
    #expect(throws: OffloadError.self) {
      try interface.answer(in: [.floats("a", shape: [1, values.count], values)])
    }
    #expect(throws: OffloadError.self) { try interface.answer(in: []) }
  }

  @Test func pixelsBecomeFloatingPointNumbersWhereTheModelTakesThese() throws {
    let interface = try Self.interface(
      [("a", "FP32", [-1, 3])], input: ("FP32", [-1, 2, 2]))
    let request = try interface.request(for: Self.sample, deadline: .seconds(1))
    #expect(request.inputs == [.floats("x", shape: [1, 2, 2], [0, 1, 2, 255])])
  }

  @Test(arguments: [[-1, 2, 3], [-1, 4], [2], [-1, -1, -1, -1]])
  func aSampleThatDoesNotFitIsRefusedWithBothShapes(shape: [Int]) throws {
    let interface = try Self.interface([("a", "FP32", [-1, 3])], input: ("UINT8", shape))
    let error = #expect(throws: OffloadError.self) {
      try interface.request(for: Self.sample, deadline: .seconds(1))
    }
    guard case .rejected(let message)? = error else { throw error! }
    #expect(message.contains("\(shape)") && message.contains("[2, 2]"))
  }

  @Test func aModelWithoutABatchAxisGetsNone() throws {
    let interface = try Self.interface([("a", "FP32", [3])], input: ("UINT8", [2, -1]))
    let request = try interface.request(for: Self.sample, deadline: .seconds(1))
    #expect(request.inputs.first?.shape == [2, 2])
  }
}

@Suite struct RESTClientCodecTests {
  @Test(arguments: [true, false])
  func whatTheClientWritesTheServerReads(isBinary: Bool) throws {
    var request = OpenInferenceRequest(
      inputs: [.floats("x", shape: [1, 2], [1, 2]), .integers("y", shape: [1], [9])],
      outputs: [RequestedOutput(name: "a", isBinary: isBinary ? true : nil)])
    request.id = "7"
    request.timeout = .milliseconds(3)
    let (body, length) = RESTClientCodec.encode(request, isBinary: isBinary)
    #expect((length != nil) == isBinary)
    #expect(try RESTRequest(body: body, headerLength: length).request == request)
  }

  @Test(arguments: [true, false])
  func whatTheServerWritesTheClientReads(isBinary: Bool) throws {
    let outputs: [Tensor] = [
      .floats("a", shape: [1, 2], [0.1, -3]), .integers("b", shape: [1], [-5]),
      .texts("c", shape: [1], ["ä"]),
    ]
    let response = RESTResponse(
      OpenInferenceResponse(model: "m", version: "1", id: "", outputs: outputs),
      to: RESTRequest(OpenInferenceRequest(inputs: []), hasBinaryOutput: isBinary))
    #expect(
      try RESTClientCodec.decode(response.body, headerLength: response.headerLength, answering: "")
        == outputs)
  }

  @Test(
    arguments: [
      ("7", "7", true), ("7", "8", false), ("", "8", true), ("7", "", true),
    ])
  func anAnswerToAnotherRequestIsAViolation(id: String, asked: String, isTaken: Bool) throws {
    let response = RESTResponse(
      OpenInferenceResponse(
        model: "m", version: "1", id: id, outputs: [.floats("a", shape: [1, 2], [0.1, -3])]),
      to: RESTRequest(OpenInferenceRequest(inputs: []), hasBinaryOutput: true))
    var violation: OffloadError?
    do throws(OffloadError) {
      _ = try RESTClientCodec.decode(
        response.body, headerLength: response.headerLength, answering: asked)
    } catch {
      violation = error
    }
    #expect((violation == nil) == isTaken)
    if case .protocolViolation(let words)? = violation { #expect(words.contains("the id 7")) }
  }

  @Test func changedResponsesAreTensorsOrAViolationAndNeverACrash() throws {
    let sound = RESTResponse(
      OpenInferenceResponse(
        model: "m", version: "1", id: "x",
        outputs: [.floats("a", shape: [1, 2], [0.1, -3]), .texts("c", shape: [2], ["a", "b"])]),
      to: RESTRequest(OpenInferenceRequest(inputs: []), hasBinaryOutput: true))
    var generator = SeededGenerator(seed: 31)
    var refused = 0
    for _ in 0..<10_000 {
      var body = sound.body
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        body[Int.random(in: body.indices, using: &generator)] = .random(
          in: 0...255, using: &generator)
      }
      do throws(OffloadError) {
        _ = try RESTClientCodec.decode(body, headerLength: sound.headerLength, answering: "")
      } catch {
        refused += 1
        guard case .protocolViolation = error else { throw error }
      }
    }
    #expect(refused > 5_000)
  }

  @Test(
    arguments: [
      (503, .overloaded), (429, .overloaded), (504, .deadlineExceeded), (401, .notAuthorised),
      (404, .rejected("no")), (400, .rejected("no")), (500, .modelFailed("no")),
    ] as [(Int, OffloadError)])
  func aStatusIsAKindOfFailure(status: Int, failure: OffloadError) {
    let body = Array(#"{"error": "no"}"#.utf8)
    #expect(RESTClientCodec.failure(status: status, body: body) == failure)
  }

  @Test(
    arguments: [
      (#"{"detail":"Not Found"}"#, #": {"detail":"Not Found"}"#), ("", ""), ("<p>", ": <p>"),
    ])
  func anErrorThatIsNotTheProtocolsHasItsStatusInItsWords(body: String, words: String) {
    #expect(
      RESTClientCodec.failure(status: 404, body: Array(body.utf8))
        == .rejected("The server answered with the HTTP status 404\(words)"))
  }

  @Test(
    arguments: [
      (#"{"name": "triton", "extensions": ["classification", "binary_tensor_data"]}"#, true),
      (#"{"name": "mlserver", "extensions": []}"#, false), (#"{"name": "ovms"}"#, false),
      ("[]", false), ("", false), (#"{"extensions": "binary_tensor_data"}"#, false),
    ])
  func theServersMetadataSaysWhetherTensorsMayBeBinary(body: String, isBinary: Bool) {
    #expect(
      RESTClientCodec.takesBinaryTensors(serverMetadata: Array(body.utf8)) == isBinary)
  }

  /// MLServer serves models whose settings name no tensors.
  @Test(
    arguments: [
      ("[]", "[]", "inputs"),
      (#"[{"name": "x", "datatype": "UINT8", "shape": [-1, 4]}]"#, "[]", "outputs"),
    ])
  func aModelWithoutMetadataSaysWhatIsMissing(inputs: String, outputs: String, missing: String) {
    let body = Array(#"{"name": "m", "inputs": \#(inputs), "outputs": \#(outputs)}"#.utf8)
    do throws(OffloadError) {
      _ = try RESTClientCodec.interface(body)
      Issue.record("an interface without \(missing)")
    } catch {
      guard case .rejected(let words) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(words.contains("names no \(missing)"))
    }
  }
}

@Suite struct OpenInferenceEndpointTests {
  @Test(arguments: [
    ("http://h:8000", "http://h:8000"), ("http://h", "http://h:80"),
    ("https://h/m", "https://h:443/m"),
    ("grpc://1.2.3.4:9/m/3", "grpc://1.2.3.4:9/m/3"), ("grpc://h/m", "grpc://h:8001/m"),
    ("http://[::1]:80/m", "http://[::1]:80/m"),
    ("http://h:1/v2/models/m", "http://h:1/m"),
    ("http://h:1/v2/models/m/versions/2/", "http://h:1/m/2"),
    ("http://h:1/my%20model/2", "http://h:1/my%20model/2"),
    ("http://h:1/my model", "http://h:1/my%20model"),
    ("http://h:1/a%2fb%25", "http://h:1/a%2Fb%25"),
  ])
  func aURLIsRead(text: String, expected: String) throws {
    #expect("\(try OpenInferenceEndpoint(text))" == expected)
    #expect(OpenInferenceEndpoint.isSchemeKnown(of: text))
  }

  @Test(arguments: [
    "h:80", "hi://h:80", "http://", "http://:80", "http://h:0", "http://h:65536", "http://h:x",
    "http://::1:80", "http://h/m/1/x", "http://h/v2/health", "http://u@h/m", "http://h/m?x=1",
    "http://h/m#x", "http://h/100%", "http://h/%2", "http://h/%+1", "http://h/%ff",
    "http://[::1/m", "http://h:80:90/m",
  ])
  func whatIsNoURLIsRefusedWithAnExample(text: String) {
    let error = #expect(throws: OpenInferenceEndpointError.self) {
      try OpenInferenceEndpoint(text)
    }
    #expect(error?.description.contains(text) == true)
    #expect(error?.description.contains("write it like") == true)
  }

  /// The bytes of RFC 3986's pchar stay, all others become hexadecimal digits.
  @Test(arguments: [
    ("fashion-remote_1.0~x", "fashion-remote_1.0~x"), ("a b", "a%20b"), ("a/b", "a%2Fb"),
    ("50%", "50%25"), ("what?#", "what%3F%23"), ("ä", "%C3%A4"), ("a:b@c;d", "a:b@c;d"),
    ("\n\u{7F}", "%0A%7F"), ("[x]\"", "%5Bx%5D%22"),
  ])
  func anyNameIsASegmentOfAPathAndComesBack(name: String, segment: String) throws {
    #expect(PathSegment.encoded(name) == segment)
    #expect(PathSegment.decoded(segment) == name)
    #expect(try OpenInferenceEndpoint("http://h/\(segment)").model == name)
  }
}
