internal import HIData

/// Turns a sample's elements into the first stage's single precision tensor.
struct InputNormaliser: Sendable {
  private let elementType: ElementType
  private let layout: ModelManifest.Layout
  private let channels: Int
  private let scale: Float
  private let mean: [Float]
  private let deviation: [Float]
  /// For 8-bit elements, the result for each of the 256 bytes, channel by channel.
  private let table: [Float]

  init(_ input: ModelManifest.Input) {
    elementType = input.elementType
    layout = input.layout
    channels = input.channelCount
    scale = input.normalisation?.scale ?? 1
    mean = input.normalisation?.mean ?? Array(repeating: 0, count: channels)
    deviation = input.normalisation?.standardDeviation ?? Array(repeating: 1, count: channels)
    var table: [Float] = []
    if elementType.size == 1 {
      for channel in 0..<channels {
        for byte in 0...UInt8.max {
          let value = elementType == .int8 ? Float(Int8(bitPattern: byte)) : Float(byte)
          table.append((value * scale - mean[channel]) / deviation[channel])
        }
      }
    }
    self.table = table
  }

  /// Writes one sample; `target` has one element for each of the sample's.
  ///
  /// - Complexity: O(elements), allocation-free.
  func write(_ bytes: [UInt8], to target: UnsafeMutableBufferPointer<Float>) {
    bytes.withUnsafeBytes { source in
      let (channelStride, elementStride, perChannel) =
        switch layout {
        case .channelsFirst: (target.count / channels, 1, target.count / channels)
        case .channelsLast: (1, channels, target.count / channels)
        }
      for channel in 0..<channels {
        let positions = stride(
          from: channel * channelStride,
          to: channel * channelStride + perChannel * elementStride, by: elementStride)
        switch elementType {
        case .uint8, .int8:
          table.withUnsafeBufferPointer { table in
            for position in positions {
              target[position] = table[channel << 8 | Int(source[position])]
            }
          }
        case .float16:
          for position in positions {
            let bits = source.loadUnaligned(fromByteOffset: position * 2, as: UInt16.self)
            target[position] = normalise(
              Float(halfPrecisionBits: UInt16(littleEndian: bits)), channel)
          }
        case .float32:
          for position in positions {
            let bits = source.loadUnaligned(fromByteOffset: position * 4, as: UInt32.self)
            target[position] = normalise(Float(bitPattern: UInt32(littleEndian: bits)), channel)
          }
        }
      }
    }
  }

  private func normalise(_ value: Float, _ channel: Int) -> Float {
    (value * scale - mean[channel]) / deviation[channel]
  }
}
