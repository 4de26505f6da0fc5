#if OpenInference
  internal import GRPCCore
  internal import HIServing

  internal import struct Foundation.Data

  extension OpenInferenceRequest {
    /// A request to infer out of its message.
    init(_ message: Inference_ModelInferRequest) throws(OpenInferenceError) {
      let raw = message.rawInputContents
      guard raw.isEmpty || raw.count == message.inputs.count else {
        throw .badRequest(
          "The request has \(message.inputs.count) inputs and \(raw.count) raw_input_contents; give "
            + "one for each input, or none.")
      }
      guard !message.inputs.isEmpty else {
        throw .badRequest("The request has no inputs; give at least one tensor.")
      }
      var tensors: [Tensor] = []
      for (index, input) in message.inputs.enumerated() {
        tensors.append(try Tensor(input, raw: raw.isEmpty ? nil : raw[index]))
      }
      self.init(inputs: tensors)
      id = message.id
      _ = try InferenceParameters.applyToRequest(
        ParameterValue.values(of: message.parameters), &self)
      for wish in message.outputs {
        var output = RequestedOutput(name: wish.name)
        try InferenceParameters.apply(ParameterValue.values(of: wish.parameters), to: &output)
        outputs.append(output)
      }
    }
  }

  extension ParameterValue {
    /// The values of a message's parameters.
    static func values(
      of parameters: [String: Inference_InferParameter]
    ) throws(OpenInferenceError) -> Parameters {
      var values: [(name: String, value: ParameterValue)] = []
      for (name, parameter) in parameters {
        switch parameter.parameterChoice {
        case .boolParam(let value): values.append((name, .boolean(value)))
        case .int64Param(let value): values.append((name, .integer(value)))
        case .uint64Param(let value): values.append((name, .integer(Int64(clamping: value))))
        case .doubleParam(let value): values.append((name, .real(value)))
        case .stringParam(let value): values.append((name, .text(value)))
        case nil:
          throw .badRequest("The parameter \"\(name)\" has no value; give it one or leave it out.")
        }
      }
      return Parameters(values)
    }
  }

  extension Tensor {
    /// An input tensor, whose elements are in its own message or beside it.
    fileprivate init(
      _ input: Inference_ModelInferRequest.InferInputTensor, raw: Data?
    ) throws(OpenInferenceError) {
      let name = input.name
      let datatype = try TensorDatatype(named: input.datatype, tensor: name)
      var shape: [Int] = []
      for size in input.shape { shape.append(Int(size)) }
      let parameters = try ParameterValue.values(of: input.parameters)
      guard try InferenceParameters.binarySize(parameters, tensor: name) == nil else {
        throw .badRequest(
          "The input \"\(name)\" has the parameter \"binary_data_size\", which is of HTTP; leave it "
            + "out.")
      }
      if let raw {
        guard !input.hasContents else {
          throw .badRequest(
            "The input \"\(name)\" has both contents and raw_input_contents; give one of them.")
        }
        try self.init(name: name, datatype: datatype, shape: shape, bytes: Array(raw))
      } else {
        try self.init(
          name: name, datatype: datatype, shape: shape,
          bytes: Self.bytes(of: input.contents, as: datatype, tensor: name))
      }
    }

    /// Typed contents as bytes.
    ///
    /// - Parameter role: "input" or "output", for the error's words.
    static func bytes(
      of contents: Inference_InferTensorContents, as datatype: TensorDatatype, tensor: String,
      role: String = "input"
    ) throws(OpenInferenceError) -> [UInt8] {
      var rest = contents
      let bytes: [UInt8]?
      switch datatype {
      case .bool: bytes = take(&rest.boolContents).map { $0 ? 1 : 0 }
      case .uint8: bytes = narrowed(take(&rest.uintContents), UInt8.self)
      case .uint16: bytes = narrowed(take(&rest.uintContents), UInt16.self)
      case .uint32: bytes = littleEndianBytes(take(&rest.uintContents))
      case .uint64: bytes = littleEndianBytes(take(&rest.uint64Contents))
      case .int8: bytes = narrowed(take(&rest.intContents), Int8.self)
      case .int16: bytes = narrowed(take(&rest.intContents), Int16.self)
      case .int32: bytes = littleEndianBytes(take(&rest.intContents))
      case .int64: bytes = littleEndianBytes(take(&rest.int64Contents))
      case .fp32: bytes = littleEndianBytes(take(&rest.fp32Contents).map(\.bitPattern))
      case .fp64: bytes = littleEndianBytes(take(&rest.fp64Contents).map(\.bitPattern))
      case .fp16:
        throw .badRequest(
          "The \(role) \"\(tensor)\" of FP16 is not in raw_\(role)_contents, the only place for "
            + "it.")
      case .bytes:
        var elements: [UInt8] = []
        for element in take(&rest.bytesContents) { appendElement(element, to: &elements) }
        bytes = elements
      }
      guard let bytes, rest == Inference_InferTensorContents() else {
        throw .badRequest(
          "The \(role) \"\(tensor)\" of \(datatype.rawValue) has contents that are not of that "
            + "datatype; use the field and the range of values that belong to it.")
      }
      return bytes
    }

    private static func take<Value>(_ values: inout [Value]) -> [Value] {
      defer { values = [] }
      return values
    }

    private static func narrowed<Value: FixedWidthInteger>(
      _ values: [some FixedWidthInteger], _ type: Value.Type
    ) -> [UInt8]? {
      let narrow = values.compactMap { Value(exactly: $0) }
      return narrow.count == values.count ? littleEndianBytes(narrow) : nil
    }
  }

  extension Inference_ModelInferResponse {
    /// The message of a response; its tensors are raw, as every client reads them.
    init(_ response: OpenInferenceResponse) {
      self.init()
      modelName = response.model
      modelVersion = response.version
      id = response.id
      for output in response.outputs {
        var tensor = InferOutputTensor()
        tensor.name = output.name
        tensor.datatype = output.datatype.rawValue
        tensor.shape = output.shape.map { Int64($0) }
        outputs.append(tensor)
        rawOutputContents.append(Data(output.bytes))
      }
    }
  }

  extension RPCError {
    /// A failure as gRPC has it.
    init(_ error: OpenInferenceError) {
      let code: RPCError.Code =
        switch error.kind {
        case .badRequest: .invalidArgument
        case .notFound: .notFound
        case .otherModel: .failedPrecondition
        case .tooLarge: .resourceExhausted
        case .unsupportedEncoding, .unsupported: .unimplemented
        case .overloaded: .unavailable
        case .deadlineExceeded: .deadlineExceeded
        case .failed: .internalError
        }
      self.init(code: code, message: error.message)
    }
  }
#endif
