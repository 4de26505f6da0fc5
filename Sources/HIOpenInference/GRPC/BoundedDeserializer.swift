#if OpenInference
  internal import GRPCCore
  internal import GRPCProtobuf
  internal import SwiftProtobuf

  /// Makes a message of its bytes once it is known to have no more parts than a request can need.
  struct BoundedDeserializer<Message: SwiftProtobuf.Message>: MessageDeserializer {
    let bounds: MessageBounds

    func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> Message {
      do throws(MessageBounds.Violation) {
        let violation = bytes.withUnsafeBytes { buffer -> MessageBounds.Violation? in
          do throws(MessageBounds.Violation) {
            try bounds.check(buffer)
            return nil
          } catch {
            return error
          }
        }
        if let violation { throw violation }
      } catch {
        switch error {
        case .tooMany(let field, let most):
          throw RPCError(
            code: .invalidArgument,
            message: "The request has more than \(most) of \"\(field)\"; send several requests.")
        case .malformed:
          throw RPCError(
            code: .invalidArgument,
            message: "The request is not one of the protocol's messages; send it as protobuf.")
        }
      }
      return try ProtobufDeserializer<Message>().deserialize(bytes)
    }
  }

  extension MessageBounds {
    private static let parameters = (name: "parameters", rule: Rule.most(64))

    /// For a request to infer: of tensors and parameters far more than any model has.
    static let inference = MessageBounds([
      4: parameters,
      5: ("inputs", .messages(64, inputTensor)),
      6: ("outputs", .messages(64, MessageBounds([2: parameters]))),
      7: ("raw_input_contents", .most(64)),
    ])

    private static let inputTensor = MessageBounds([
      3: ("shape", .numbers(64)),
      4: parameters,
      5: ("contents", .messages(1, MessageBounds([8: ("bytes_contents", .most(1_000_000))]))),
    ])

    /// For a request to load or unload a model.
    static let repositoryChange = MessageBounds([3: parameters])
  }

  extension InferenceRPCs {
    /// The service with its requests looked at before they are made into messages.
    ///
    /// The generated registration knows one deserializer only: where a message has parts without number,
    /// another one takes its place.
    struct Bounded: RegistrableRPCService {
      typealias Method = Inference_GRPCInferenceService.Method

      let calls: InferenceRPCs

      func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        calls.registerMethods(with: &router)
        router.registerHandler(
          forMethod: Method.ModelInfer.descriptor,
          deserializer: BoundedDeserializer<Inference_ModelInferRequest>(bounds: .inference),
          serializer: ProtobufSerializer<Inference_ModelInferResponse>(),
          handler: { try await calls.modelInfer(request: $0, context: $1) })
        router.registerHandler(
          forMethod: Method.ModelStreamInfer.descriptor,
          deserializer: BoundedDeserializer<Inference_ModelInferRequest>(bounds: .inference),
          serializer: ProtobufSerializer<Inference_ModelStreamInferResponse>(),
          handler: { try await calls.modelStreamInfer(request: $0, context: $1) })
        router.registerHandler(
          forMethod: Method.RepositoryModelLoad.descriptor,
          deserializer: BoundedDeserializer<Inference_RepositoryModelLoadRequest>(
            bounds: .repositoryChange),
          serializer: ProtobufSerializer<Inference_RepositoryModelLoadResponse>(),
          handler: { try await calls.repositoryModelLoad(request: $0, context: $1) })
        router.registerHandler(
          forMethod: Method.RepositoryModelUnload.descriptor,
          deserializer: BoundedDeserializer<Inference_RepositoryModelUnloadRequest>(
            bounds: .repositoryChange),
          serializer: ProtobufSerializer<Inference_RepositoryModelUnloadResponse>(),
          handler: { try await calls.repositoryModelUnload(request: $0, context: $1) })
      }
    }
  }
#endif
