internal import COnnxRuntime
internal import Foundation

/// A session tied to the buffers that it reads and writes, so that a run allocates no tensor.
final class StageBinding {
  private let handle: OpaquePointer
  private let file: String
  // What the handle points into.
  private let session: StageSession
  private let buffers: [TensorBuffer]

  init(
    session: StageSession, file: String,
    input: (name: String, buffer: TensorBuffer),
    outputs: [(name: String, buffer: TensorBuffer)]
  ) throws(ModelError) {
    let all = [input] + outputs
    let names = all.map { strdup($0.name) }
    defer { names.forEach { free($0) } }
    // One array holds every shape, so that the pointers into it are valid together.
    let shapes = all.flatMap { $0.buffer.shape.map { Int64($0) } }
    var created: OpaquePointer?
    let message = shapes.withUnsafeBufferPointer { shapes in
      var start = 0
      let tensors = zip(names, all).map { name, tensor in
        defer { start += tensor.buffer.shape.count }
        return hi_ort_tensor(
          name: name, element_type: StageSession.Tensor.float32,
          shape: shapes.baseAddress.map { $0 + start }, rank: tensor.buffer.shape.count,
          data: tensor.buffer.elements.baseAddress,
          byte_count: tensor.buffer.elements.count * MemoryLayout<Float>.stride)
      }
      return tensors.withUnsafeBufferPointer { tensors in
        hi_ort_binding_create(
          session.handle, tensors.baseAddress, 1, tensors.baseAddress.map { $0 + 1 },
          tensors.count - 1, &created)
      }
    }
    if let reason = takeMessage(message) { throw .runFailed(file: file, reason: reason) }
    guard let created else { throw .runFailed(file: file, reason: "it gave no binding") }
    handle = created
    self.session = session
    self.file = file
    buffers = all.map(\.buffer)
  }

  deinit { hi_ort_binding_destroy(handle) }

  /// Computes the outputs from what the input buffer holds.
  func run() throws(ModelError) {
    if let reason = takeMessage(hi_ort_binding_run(handle)) {
      throw .runFailed(file: file, reason: reason)
    }
  }
}
