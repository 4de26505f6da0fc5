#if OpenInference
  import Foundation
  import HITransport
  import Testing

  @testable import HIOpenInference

  /// What other people's servers put into a response of gRPC.
  @Suite struct GRPCResponseTests {
    private static func output(
      _ name: String, _ datatype: String, _ shape: [Int64],
      _ fill: (inout Inference_InferTensorContents) -> Void = { _ in }
    ) -> Inference_ModelInferResponse.InferOutputTensor {
      var output = Inference_ModelInferResponse.InferOutputTensor()
      output.name = name
      output.datatype = datatype
      output.shape = shape
      fill(&output.contents)
      return output
    }

    @Test func typedOutputsAreReadAsRawOnesAre() throws {
      var typed = Inference_ModelInferResponse()
      typed.outputs = [
        Self.output("a", "FP32", [1, 3]) { $0.fp32Contents = [0.25, -1, 7] },
        Self.output("b", "INT64", [2]) { $0.int64Contents = [-5, 1 << 40] },
        Self.output("c", "FP64", [1]) { $0.fp64Contents = [0.1] },
      ]
      var raw = typed
      for place in raw.outputs.indices { raw.outputs[place].clearContents() }
      let double = Tensor.littleEndianBytes([Double(0.1).bitPattern])
      raw.rawOutputContents = [
        Data(Tensor.floats("a", shape: [1, 3], [0.25, -1, 7]).bytes),
        Data(Tensor.integers("b", shape: [2], [-5, 1 << 40]).bytes), Data(double),
      ]
      #expect(try typed.tensors() == raw.tensors())
      #expect(try typed.tensors().first == .floats("a", shape: [1, 3], [0.25, -1, 7]))
    }

    /// Of another type, too few, half precision, which has no typed form, and not one raw output for each.
    @Test func outputsThatAreNeitherBreakTheProtocol() {
      var mixed = Inference_ModelInferResponse()
      mixed.outputs = [
        Self.output("a", "FP32", [1]) { $0.fp32Contents = [1] }, Self.output("b", "FP32", [1]),
      ]
      mixed.rawOutputContents = [Data([0, 0, 0, 0])]
      let others = [
        Self.output("a", "FP32", [1]) { $0.int64Contents = [1] },
        Self.output("a", "FP32", [2]) { $0.fp32Contents = [1] },
        Self.output("a", "FP32", [1]), Self.output("a", "FP16", [1]),
      ].map { output in
        var response = Inference_ModelInferResponse()
        response.outputs = [output]
        return response
      }
      for response in [mixed] + others {
        let error = #expect(throws: OffloadError.self) { try response.tensors() }
        #expect(error?.reason == "protocolViolation")
        #expect("\(error.map { "\($0)" } ?? "")".contains("The input") == false)
      }
    }
  }
#endif
