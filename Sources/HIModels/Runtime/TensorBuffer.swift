/// Memory for one tensor of single precision numbers, allocated once and used for every run.
final class TensorBuffer {
  let shape: [Int]
  let elements: UnsafeMutableBufferPointer<Float>
  /// Whose memory it is; nil for its own.
  private let owner: TensorBuffer?

  /// Makes a tensor of zeroes.
  init(shape: [Int]) {
    self.shape = shape
    let count = shape.reduce(1, *)
    // Aligned to a cache line, which the widest vector loads like best.
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: 64)
    elements = UnsafeMutableBufferPointer(
      start: memory.bindMemory(to: Float.self, capacity: max(count, 1)), count: count)
    elements.initialize(repeating: 0)
    owner = nil
  }

  /// Makes a tensor in the beginning of a larger one's memory; one of the two is in use at a time.
  init(shape: [Int], within larger: TensorBuffer) {
    self.shape = shape
    elements = UnsafeMutableBufferPointer(rebasing: larger.elements[..<shape.reduce(1, *)])
    owner = larger
  }

  deinit { if owner == nil { UnsafeMutableRawPointer(elements.baseAddress)?.deallocate() } }
}
