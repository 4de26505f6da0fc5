/// Memory for one tensor of single precision numbers, allocated once and used for every run.
final class TensorBuffer {
  let shape: [Int]
  let elements: UnsafeMutableBufferPointer<Float>

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
  }

  deinit { UnsafeMutableRawPointer(elements.baseAddress)?.deallocate() }
}
