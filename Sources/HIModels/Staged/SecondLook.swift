/// Shows a model the mirror image of a sample and averages what it says of both: a further exit behind
/// the last stage.
///
/// A second look costs another local inference, far less than an offload where the device is fast, and
/// two looks are more accurate and disagree where both are unsure. It only makes sense for images whose
/// mirror image is of the same class.
struct SecondLook {
  private let rowWidth: Int
  private let pixelWidth: Int
  /// The first look's logits at the last exit, then the mean of both looks'.
  private var logits: [Float]

  init(_ input: ModelManifest.Input, classCount: Int) {
    switch input.layout {
    case .channelsFirst: (rowWidth, pixelWidth) = (input.shape[2], 1)
    case .channelsLast: (rowWidth, pixelWidth) = (input.shape[1], input.shape[2])
    }
    logits = Array(repeating: 0, count: classCount)
  }

  /// Keeps what the first look said, whose buffer the second will overwrite.
  mutating func keep(_ first: UnsafeBufferPointer<Float>) {
    for index in logits.indices { logits[index] = first[index] }
  }

  /// The mean of both looks' logits.
  mutating func mean(with second: UnsafeBufferPointer<Float>) -> [Float] {
    for index in logits.indices { logits[index] = (logits[index] + second[index]) / 2 }
    return logits
  }

  /// Mirrors a sample's tensor left to right, in place.
  ///
  /// - Complexity: O(elements), allocation-free.
  func mirror(_ elements: UnsafeMutableBufferPointer<Float>) {
    let rowLength = rowWidth * pixelWidth
    for row in stride(from: 0, to: elements.count, by: rowLength) {
      var left = row
      var right = row + rowLength - pixelWidth
      while left < right {
        for channel in 0..<pixelWidth { elements.swapAt(left + channel, right + channel) }
        left += pixelWidth
        right -= pixelWidth
      }
    }
  }
}
