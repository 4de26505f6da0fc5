/// How the value between pixels is found when an image is resized.
public enum ImageFilter: String, Sendable, Codable, CaseIterable {
  /// The triangle filter: linear between neighbours.
  case bilinear
  /// Cubic convolution with a = -0.5 (Keys, 1981).
  case bicubic

  /// How far the filter reaches, in source pixels, when nothing is made smaller.
  var support: Double {
    switch self {
    case .bilinear: 1
    case .bicubic: 2
    }
  }

  /// The filter's value at a distance.
  func weight(_ distance: Double) -> Double {
    let x = abs(distance)
    switch self {
    case .bilinear:
      return x < 1 ? 1 - x : 0
    case .bicubic:
      let a = -0.5
      if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
      if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
      return 0
    }
  }
}

/// Which source pixels make a target pixel along one axis, and by how much.
///
/// Where the target is smaller the filter is stretched over all the source pixels it stands for, so
/// that nothing is skipped (antialiasing). The weights are fixed point, as Pillow's are: both give the
/// same pixels.
private struct AxisWeights {
  static let fractionBits = 22

  /// For each target pixel the first source pixel.
  var first: [Int] = []
  /// For each target pixel where its weights begin; one more at the end.
  var offsets: [Int] = [0]
  var weights: [Int32] = []

  init(source: Int, target: Int, filter: ImageFilter) {
    let scale = Double(source) / Double(target)
    let stretch = max(scale, 1)
    let support = filter.support * stretch
    for position in 0..<target {
      let centre = (Double(position) + 0.5) * scale
      let low = max(0, Int(centre - support + 0.5))
      let high = min(source, Int(centre + support + 0.5))
      let values = (low..<high).map { filter.weight((Double($0) - centre + 0.5) / stretch) }
      let total = values.reduce(0, +)
      first.append(low)
      for value in values {
        let share = total == 0 ? value : value / total
        weights.append(
          Int32((share * Double(1 << Self.fractionBits)).rounded(.toNearestOrAwayFromZero)))
      }
      offsets.append(weights.count)
    }
  }
}

extension RasterImage {
  /// The image at another size; each pixel is within one grey level of what Pillow's
  /// `Image.resize` with the same filter gives.
  ///
  /// - Precondition: the sizes are positive.
  /// - Complexity: O(the pixels of both sizes times the filter's reach).
  public func resized(width: Int, height: Int, filter: ImageFilter) -> RasterImage {
    precondition(width > 0 && height > 0, "an image has a positive size")
    // Values are rounded to 8 bits between the two directions, so the order of these shows. It is
    // Pillow 13's, measured: rows that go first where clearly more rows than columns fall away.
    let rowsFirst = height < self.height && self.height - height > 2 * (self.width - width)
    var result = rowsFirst ? resampled(height: height, filter) : self
    result = result.resampled(width: width, filter)
    return rowsFirst ? result : result.resampled(height: height, filter)
  }

  private func resampled(width target: Int, _ filter: ImageFilter) -> RasterImage {
    guard target != width else { return self }
    return resampledRows(AxisWeights(source: width, target: target, filter: filter), width: target)
  }

  private func resampled(height target: Int, _ filter: ImageFilter) -> RasterImage {
    guard target != height else { return self }
    return resampledColumns(
      AxisWeights(source: height, target: target, filter: filter), height: target)
  }

  private func resampledRows(_ axis: AxisWeights, width target: Int) -> RasterImage {
    let resampled = [UInt8](unsafeUninitializedCapacity: target * height * channels) { out, count in
      pixels.withUnsafeBufferPointer { source in
        axis.weights.withUnsafeBufferPointer { weights in
          for row in 0..<height {
            for column in 0..<target {
              let range = axis.offsets[column]..<axis.offsets[column + 1]
              let start = (row * width + axis.first[column]) * channels
              for channel in 0..<channels {
                var sum = 1 << (AxisWeights.fractionBits - 1)
                var place = start + channel
                for index in range {
                  sum += Int(source[place]) * Int(weights[index])
                  place += channels
                }
                out[(row * target + column) * channels + channel] = Self.pixel(sum)
              }
            }
          }
        }
      }
      count = target * height * channels
    }
    return RasterImage(checkedWidth: target, height: height, channels: channels, pixels: resampled)
  }

  private func resampledColumns(_ axis: AxisWeights, height target: Int) -> RasterImage {
    let stride = width * channels
    let resampled = [UInt8](unsafeUninitializedCapacity: stride * target) { out, count in
      pixels.withUnsafeBufferPointer { source in
        axis.weights.withUnsafeBufferPointer { weights in
          for row in 0..<target {
            let range = axis.offsets[row]..<axis.offsets[row + 1]
            let start = axis.first[row] * stride
            for column in 0..<stride {
              var sum = 1 << (AxisWeights.fractionBits - 1)
              var place = start + column
              for index in range {
                sum += Int(source[place]) * Int(weights[index])
                place += stride
              }
              out[row * stride + column] = Self.pixel(sum)
            }
          }
        }
      }
      count = stride * target
    }
    return RasterImage(checkedWidth: width, height: target, channels: channels, pixels: resampled)
  }

  private static func pixel(_ fixedPoint: Int) -> UInt8 {
    UInt8(clamping: fixedPoint >> AxisWeights.fractionBits)
  }
}
