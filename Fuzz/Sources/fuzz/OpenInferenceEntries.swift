#if OpenInference
  import HIData
  import HIModels
  import HIServing
  import HITransport
  import SwiftProtobuf

  #if canImport(OpenInferenceDecoders)
    @testable import OpenInferenceDecoders
  #else
    @testable import HIOpenInference
  #endif

  extension FuzzEntry {
    /// The Open Inference Protocol: bodies and messages of either side, and HTTP/2's frames as far as the
    /// watch for stalled clients reads them.
    static let openInference = [
      FuzzEntry(name: "rest-binary") { bytes in
        var choices = Choices(bytes)
        let length = Int(choices.next()) << 8 | Int(choices.next())
        answer(Array(choices.rest), headerLength: length)
      },
      FuzzEntry(name: "rest-json") { bytes in
        answer(bytes, headerLength: nil)
        _ = try? RepositoryRequest.wantsReadyOnly(bytes)
        _ = try? RepositoryRequest.checkChange(bytes)
      },
      FuzzEntry(name: "rest-compression") { bytes in
        var choices = Choices(bytes)
        let choice = choices.next()
        let limit = Int(choices.next()) << 6
        let body = Array(choices.rest)
        let text = String(decoding: body, as: UTF8.self)
        _ = BodyCompression(acceptEncoding: text)
        _ = try? BodyCompression(contentEncoding: text)
        let compression = BodyCompression.allCases[Int(choice & 1)]
        if let plain = try? compression.decompress(body, limit: limit) {
          require(plain.count <= limit, "the limit of a decompressed body")
        }
        guard let small = compression.compress(body) else { return require(false, "compression") }
        let back = try? compression.decompress(small, limit: body.count)
        require(back == body, "a body compressed and decompressed")
      },
      FuzzEntry(name: "rest-response") { bytes in
        var choices = Choices(bytes)
        let length = Int(choices.next()) << 8 | Int(choices.next())
        let body = Array(choices.rest)
        if let tensors = try? RESTClientCodec.decode(
          body, headerLength: length == 0 ? nil : length, answering: "")
        {
          check(tensors)
          read(tensors)
        }
        if let interface = try? RESTClientCodec.interface(body) {
          let sample = Sample(
            elementType: .uint8, shape: [2, 2, 3], bytes: Array(repeating: 7, count: 12))
          if let sample, let request = try? interface.request(for: sample, deadline: .seconds(1)) {
            for isBinary in [true, false] {
              let (body, length) = RESTClientCodec.encode(request, isBinary: isBinary)
              let read = try? RESTRequest(body: body, headerLength: length)
              require(read?.request.inputs == request.inputs, "a request that a server can read")
            }
          }
        }
        _ = try? RESTClientCodec.readyModels(body)
        _ = RESTClientCodec.takesBinaryTensors(serverMetadata: body)
        _ = RESTClientCodec.failure(status: 400, body: body)
      },
      FuzzEntry(name: "protobuf-request") { bytes in
        guard let message = try? Inference_ModelInferRequest(serializedBytes: bytes) else { return }
        do {
          let request = try OpenInferenceRequest(message)
          check(request.inputs)
          guard let response = run(request) else { return }
          let written = Inference_ModelInferResponse(response)
          require(written.rawOutputContents.count == response.outputs.count, "a message's outputs")
        } catch {
          requireSentence(error)
        }
      },
      FuzzEntry(name: "protobuf-bounds") { bytes in
        let bounds = MessageBounds([
          5: ("inputs", .messages(4, MessageBounds([3: ("shape", .numbers(4))])))
        ])
        let message = try? Inference_ModelInferRequest(serializedBytes: bytes)
        do {
          try bytes.withUnsafeBytes { try bounds.check($0) }
          guard let message else { return }
          require(
            message.inputs.count <= 4 && message.inputs.allSatisfy { $0.shape.count <= 4 },
            "as many parts as the bounds let through")
        } catch {
          if case .malformed? = error as? MessageBounds.Violation {
            require(message == nil, "a message that can be read is one to the bounds")
          }
        }
        var whole = GRPCMessageFraming()
        var cut = GRPCMessageFraming()
        whole.received(bytes)
        for byte in bytes { cut.received([byte]) }
        require(
          whole.wholeMessages == cut.wholeMessages && whole.largest == cut.largest
            && whole.unfinishedBytes == cut.unfinishedBytes, "messages whatever the pieces")
      },
      FuzzEntry(name: "protobuf-others") { bytes in
        var choices = Choices(bytes)
        let kind = choices.next()
        let body = Array(choices.rest)
        func reread(_ type: (some SwiftProtobuf.Message & Equatable).Type) {
          guard let message = try? type.init(serializedBytes: body) else { return }
          guard let written: [UInt8] = try? message.serializedBytes() else {
            return require(false, "a message that can be written")
          }
          let again: [UInt8]? = try? type.init(serializedBytes: written).serializedBytes()
          require(again?.count == written.count, "a message written and read")
        }
        switch kind % 6 {
        case 0: reread(Inference_ModelInferResponse.self)
        case 1: reread(Inference_ModelMetadataResponse.self)
        case 2: reread(Inference_RepositoryIndexResponse.self)
        case 3: reread(Inference_RepositoryModelLoadRequest.self)
        case 4: reread(Inference_ModelStatisticsRequest.self)
        default: reread(Inference_ModelStreamInferResponse.self)
        }
      },
      FuzzEntry(name: "http2-framing") { bytes in
        var choices = Choices(bytes)
        var whole = HTTP2Framing()
        var cut = HTTP2Framing()
        let size = Int(choices.next()) + 1
        whole.received(choices.rest)
        for piece in choices.pieces(of: size) { cut.received(piece) }
        require(whole.isBetweenFrames == cut.isBetweenFrames, "framing whatever the pieces")
      },
    ]

    private static func answer(_ body: [UInt8], headerLength: Int?) {
      do {
        let request = try RESTRequest(body: body, headerLength: headerLength)
        check(request.request.inputs)
        guard let response = run(request.request) else { return }
        let written = RESTResponse(response, to: request)
        do {
          let read = try RESTClientCodec.decode(
            written.body, headerLength: written.headerLength, answering: "")
          require(read.map(\.name) == response.outputs.map(\.name), "a response's outputs")
        } catch {
          // Logits that are no numbers have no form in JSON; these are.
          require(false, "a response that a client can read")
        }
      } catch {
        requireSentence(error)
      }
    }

    /// What a server does with a request, but for the model.
    private static func run(_ request: OpenInferenceRequest) -> OpenInferenceResponse? {
      for interface in Interfaces.all {
        do {
          let wanted = try interface.outputs(for: request.outputs)
          if let count = request.inputs.first?.shape.first, count > 64 { return nil }
          let samples = try interface.samples(in: request.inputs)
          require(
            samples.allSatisfy { $0.bytes.count == 12 && $0.shape == interface.shape },
            "a sample's size")
          let answers = samples.map { sample in
            ModelAnswer(
              output: ModelOutput(logits: sample.bytes.prefix(3).map { Float($0) }),
              timing: InferenceTiming(queue: .zero, compute: .zero, batchSize: 1))
          }
          return OpenInferenceResponse(
            model: "small", version: "1", id: request.id,
            outputs: interface.tensors(of: answers, as: wanted))
        } catch {
          requireSentence(error)
        }
      }
      return nil
    }

    private static func check(_ tensors: [Tensor]) {
      for tensor in tensors {
        if let size = tensor.datatype.size {
          require(tensor.bytes.count == tensor.count * size, "a tensor's bytes")
        } else {
          require(tensor.elements?.count == tensor.count, "a tensor's elements")
        }
      }
    }

    /// What a device does with a response.
    private static func read(_ tensors: [Tensor]) {
      let answers = [
        RemoteInterface.TensorMetadata(name: "class", datatype: "INT64", shape: [-1]),
        RemoteInterface.TensorMetadata(name: "confidence", datatype: "FP32", shape: [-1]),
      ]
      let scores = [
        RemoteInterface.TensorMetadata(name: "logits", datatype: "FP32", shape: [-1, 3])
      ]
      let input = RemoteInterface.TensorMetadata(
        name: "image", datatype: "UINT8", shape: [-1, 2, 2, 3])
      for outputs in [answers, scores] {
        guard let interface = try? RemoteInterface(inputs: [input], outputs: outputs),
          let answer = try? interface.answer(in: tensors)
        else { continue }
        require(answer.prediction >= 0, "a class")
        require((0...1.001).contains(answer.confidence), "a confidence")
      }
    }
  }

  /// Models as a request finds them: images in both layouts.
  private enum Interfaces {
    static let all = [("HWC", "[2, 2, 3]"), ("CHW", "[3, 2, 2]")].map { layout, shape in
      let json = """
        {"schema": "hi.model/1", "name": "small", "version": "1", "description": "",
         "precision": "fp32", "classes": ["a", "b", "c"],
         "input": {"shape": \(shape), "layout": "\(layout)", "elementType": "uint8",
          "tensorType": "float32"},
         "stages": [{"file": "s.onnx", "bytes": 1, "input": "image", "logits": "l",
          "sha256": "\(String(repeating: "0", count: 64))", "multiplyAccumulates": 1,
          "parameters": 1, "precision": "fp32"}]}
        """
      // A constant of this file: without it no entry here means anything.
      guard let manifest = try? ModelManifest(json: Array(json.utf8), file: "manifest.json") else {
        fatalError("the manifest is none")
      }
      return ModelInterface(
        description: ServedModelDescription(
          name: manifest.name, digest: "sha256:0", classes: manifest.classes,
          shape: manifest.input.shape, elementType: manifest.input.elementType),
        manifest: manifest)
    }
  }
#endif
