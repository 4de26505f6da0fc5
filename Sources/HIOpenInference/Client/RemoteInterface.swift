internal import HIData
internal import HITransport
internal import HierarchicalInference

/// What a device needs to know of a model that any server of the protocol serves.
struct RemoteInterface: Sendable, Equatable {
  /// A tensor of the model's metadata; sizes that are -1 are free.
  struct TensorMetadata: Sendable, Equatable {
    var name: String
    var datatype: String
    var shape: [Int]
  }

  /// How a class is read from the response.
  enum Answer: Sendable, Equatable {
    /// A class and its confidence, as this project's server has them.
    case classAndConfidence
    /// One value a class: logits or probabilities.
    case scores(String)
  }

  let input: TensorMetadata
  let inputDatatype: TensorDatatype
  let answer: Answer
  /// How many classes the device knows; nil where it takes any number.
  let classCount: Int?

  /// Chooses the tensors of a model.
  ///
  /// - Parameter classCount: how many classes the device knows; nil takes any number.
  /// - Throws: ``OffloadError/rejected(_:)`` where the model has not one input and one output that
  ///   could be a classifier's, or is one of another number of classes.
  init(
    inputs: [TensorMetadata], outputs: [TensorMetadata], classCount: Int? = nil
  ) throws(OffloadError) {
    guard !inputs.isEmpty, !outputs.isEmpty else {
      throw .rejected(
        "The remote model's metadata names no \(inputs.isEmpty ? "inputs" : "outputs"); declare names, types "
          + "and shapes where it is served (with MLServer in its model-settings.json).")
    }
    guard let input = inputs.first, inputs.count == 1,
      let datatype = TensorDatatype(rawValue: input.datatype)
    else {
      throw .rejected(
        "The remote model takes the inputs \(inputs.map(\.name)) where one was expected; serve a "
          + "classifier.")
    }
    self.input = input
    inputDatatype = datatype
    self.classCount = classCount
    func isScores(_ output: TensorMetadata) -> Bool {
      [TensorDatatype.fp32, .fp64, .fp16].contains { $0.rawValue == output.datatype }
        && (1...2).contains(output.shape.count) && output.shape.last != 1
    }
    let names = outputs.map(\.name)
    let candidates = outputs.filter(isScores)
    if names.contains("class"), names.contains("confidence") {
      answer = .classAndConfidence
    } else if let first = candidates.first {
      // Beside the scores there may be features, which are of another size.
      let fitting = candidates.filter { output in
        classCount == nil || output.shape.last == -1 || output.shape.last == classCount
      }
      guard let scores = fitting.first(where: { $0.name == "probabilities" }) ?? fitting.first
      else {
        throw .rejected(
          "The remote model's output \"\(first.name)\" has \(first.shape.last ?? 0) values, one a "
            + "class, and the local model knows \(classCount ?? 0) classes: serve a model of the same "
            + "classes.")
      }
      answer = .scores(scores.name)
    } else {
      throw .rejected(
        "The remote model has the outputs \(names), none of which is one floating point value a "
          + "class; serve a classifier.")
    }
  }

  /// The request for one sample.
  ///
  /// Samples of 8-bit integers for a model that takes floating point numbers become these numbers as
  /// they are; normalising is the served model's own business.
  func request(
    for sample: Sample, deadline: Duration
  ) throws(OffloadError) -> OpenInferenceRequest {
    let shapes = [[1] + sample.shape, sample.shape]
    guard let fitting = shapes.first(where: isFitting), let bytes = bytes(of: sample) else {
      throw .rejected(
        "The remote model takes \(input.datatype) \(input.shape) as \"\(input.name)\" and the sample "
          + "is \(sample.elementType.rawValue) \(sample.shape); use models that fit one another.")
    }
    return request(shape: fitting, bytes: bytes, deadline: deadline)
  }

  /// The request for several samples of one form; nil where the model takes only one at a time, or
  /// they are not of one form that it takes.
  func request(for samples: [Sample], deadline: Duration) -> OpenInferenceRequest? {
    guard let first = samples.first, isFitting([samples.count] + first.shape) else { return nil }
    var all: [UInt8] = []
    for sample in samples {
      guard sample.shape == first.shape, let bytes = bytes(of: sample) else { return nil }
      all += bytes
    }
    return request(shape: [samples.count] + first.shape, bytes: all, deadline: deadline)
  }

  private func isFitting(_ shape: [Int]) -> Bool {
    shape.count == input.shape.count
      && zip(shape, input.shape).allSatisfy { $1 == -1 || $0 == $1 }
  }

  private func request(
    shape: [Int], bytes: [UInt8], deadline: Duration
  ) -> OpenInferenceRequest {
    var request = OpenInferenceRequest(
      inputs: [
        Tensor(checkedName: input.name, datatype: inputDatatype, shape: shape, bytes: bytes)
      ])
    request.timeout = deadline
    request.outputs =
      switch answer {
      case .classAndConfidence:
        [RequestedOutput(name: "class"), RequestedOutput(name: "confidence")]
      case .scores(let name): [RequestedOutput(name: name)]
      }
    return request
  }

  private func bytes(of sample: Sample) -> [UInt8]? {
    switch (sample.elementType, inputDatatype) {
    case (.uint8, .uint8), (.int8, .int8), (.float16, .fp16), (.float32, .fp32): sample.bytes
    case (.uint8, .fp32):
      Tensor.littleEndianBytes(sample.bytes.map { Float($0).bitPattern })
    case (.int8, .fp32):
      Tensor.littleEndianBytes(sample.bytes.map { Float(Int8(bitPattern: $0)).bitPattern })
    default: nil
    }
  }

  /// The class in a response and how sure the model is of it.
  func answer(in outputs: [Tensor]) throws(OffloadError) -> (prediction: Int, confidence: Float) {
    guard let first = try answers(in: outputs, count: nil).first else {
      throw .protocolViolation("The response's outputs are empty.")
    }
    return first
  }

  /// The classes in the response to several samples, in their order.
  ///
  /// - Parameter count: how many there must be; nil for one, where of more classes with confidences the
  ///   first is read.
  func answers(
    in outputs: [Tensor], count: Int?
  ) throws(OffloadError) -> [(prediction: Int, confidence: Float)] {
    func tensor(_ name: String) throws(OffloadError) -> Tensor {
      guard let tensor = outputs.first(where: { $0.name == name }), tensor.count > 0 else {
        throw .protocolViolation("The response has no output \"\(name)\", which was asked for.")
      }
      return tensor
    }
    switch answer {
    case .classAndConfidence:
      let classes = try tensor("class")
      let confidences = try tensor("confidence")
      guard classes.datatype == .int64, confidences.datatype == .fp32 else {
        throw .protocolViolation("The response's class or confidence is none.")
      }
      let predictions = classes.integers(Int64.self)
      let bits = confidences.integers(UInt32.self)
      try check(predictions.count, against: count)
      try check(bits.count, against: count)
      var found: [(prediction: Int, confidence: Float)] = []
      for (prediction, bits) in zip(predictions, bits).prefix(count ?? 1) {
        let confidence = Float(bitPattern: bits)
        guard let prediction = Int(exactly: prediction), prediction >= 0,
          (0...1.001).contains(confidence)
        else { throw .protocolViolation("The response's class or confidence is none.") }
        found.append((prediction, confidence))
      }
      return found
    case .scores(let name):
      let scores = try tensor(name)
      let values = Self.floats(scores)
      let samples = count ?? 1
      try check(scores, samples: samples)
      let classes = values.count / samples
      var found: [(prediction: Int, confidence: Float)] = []
      for row in 0..<samples {
        found.append(
          try Self.answer(values[row * classes..<(row + 1) * classes], output: name))
      }
      return found
    }
  }

  /// Refuses scores that are not one row a sample and one value a class: whoever cut them apart by their
  /// number alone would read other classes than were meant.
  private func check(_ scores: Tensor, samples: Int) throws(OffloadError) {
    let isARowASample = scores.shape.count < 2 || scores.shape.first == samples
    let isAValueAClass = classCount.map { scores.count == samples * $0 }
    guard isARowASample, isAValueAClass ?? scores.count.isMultiple(of: samples) else {
      throw .protocolViolation(
        "The output \"\(scores.name)\" has the shape \(scores.shape) where [\(samples), "
          + "\(classCount.map { "\($0)" } ?? "classes")] was expected.")
    }
  }

  private func check(_ found: Int, against count: Int?) throws(OffloadError) {
    guard let count, found != count else { return }
    throw .protocolViolation("The response has \(found) answers to \(count) samples.")
  }

  private static func answer(
    _ scores: ArraySlice<Float>, output: String
  ) throws(OffloadError) -> (prediction: Int, confidence: Float) {
    let values = Array(scores)
    guard values.count > 1, values.allSatisfy(\.isFinite) else {
      throw .protocolViolation("The output \"\(output)\" has values that are not numbers.")
    }
    let total = values.reduce(0, +)
    let observation = Observation(logits: values.span)
    // Softmax twice would flatten what is already a distribution.
    if values.allSatisfy({ $0 >= 0 }), abs(total - 1) < 1e-3 {
      return (observation.prediction, values[observation.prediction])
    }
    return (observation.prediction, observation.confidence)
  }

  private static func floats(_ tensor: Tensor) -> [Float] {
    switch tensor.datatype {
    case .fp32: tensor.integers(UInt32.self).map { Float(bitPattern: $0) }
    case .fp64: tensor.integers(UInt64.self).map { Float(Double(bitPattern: $0)) }
    case .fp16: tensor.integers(UInt16.self).map { Float(halfPrecisionBits: $0) }
    default: []
    }
  }
}
