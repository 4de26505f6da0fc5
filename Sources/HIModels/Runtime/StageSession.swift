internal import COnnxRuntime

/// One ONNX file loaded into ONNX Runtime.
final class StageSession {
  /// What the file says of one of its tensors. A dimension of -1 is free.
  struct Tensor: Equatable {
    var name: String
    /// ONNX's `TensorProto.DataType`.
    var elementType: Int32
    var shape: [Int]
  }

  let inputs: [Tensor]
  let outputs: [Tensor]
  let handle: OpaquePointer
  // The session needs the library's environment for as long as it lives.
  private let library: RuntimeLibrary

  init(
    contents: [UInt8], file: String, threads: Int, library: RuntimeLibrary
  ) throws(ModelError) {
    var created: OpaquePointer?
    let message = contents.withUnsafeBytes { bytes in
      hi_ort_session_create(
        library.handle, bytes.baseAddress, bytes.count, Int32(clamping: threads), &created)
    }
    if let reason = takeMessage(message) { throw .unloadable(file: file, reason: reason) }
    guard let created else { throw .unloadable(file: file, reason: "it gave no session") }
    handle = created
    self.library = library
    inputs = (0..<hi_ort_session_input_count(created)).map {
      Tensor(hi_ort_session_input(created, $0))
    }
    outputs = (0..<hi_ort_session_output_count(created)).map {
      Tensor(hi_ort_session_output(created, $0))
    }
  }

  deinit { hi_ort_session_destroy(handle) }
}

extension StageSession.Tensor {
  static let float32 = Int32(HI_ORT_FLOAT32)

  fileprivate init(_ info: hi_ort_tensor_info) {
    name = info.name.map { String(cString: $0) } ?? ""
    elementType = info.element_type
    shape = UnsafeBufferPointer(start: info.shape, count: info.rank).map { Int($0) }
  }

  /// For error messages: `float32 [N, 1, 28, 28]`.
  var summary: String { Self.summary(elementType: elementType, shape: shape) }

  static func summary(elementType: Int32, shape: [Int]) -> String {
    let type =
      switch Int(elementType) {
      case Int(HI_ORT_FLOAT32): "float32"
      case Int(HI_ORT_UINT8): "uint8"
      case Int(HI_ORT_INT8): "int8"
      case Int(HI_ORT_INT32): "int32"
      case Int(HI_ORT_INT64): "int64"
      case Int(HI_ORT_FLOAT16): "float16"
      case Int(HI_ORT_FLOAT64): "float64"
      default: "ONNX type \(elementType)"
      }
    return "\(type) [\(shape.map { $0 < 0 ? "N" : String($0) }.joined(separator: ", "))]"
  }
}
