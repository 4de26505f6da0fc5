/// The type of a sample's or a tensor's elements, as manifests and the wire name them.
public enum ElementType: String, Sendable, Codable, CaseIterable {
  /// Unsigned 8-bit integers: pixels as they are.
  case uint8
  /// Signed 8-bit integers.
  case int8
  /// IEEE 754 half precision.
  case float16
  /// IEEE 754 single precision.
  case float32

  /// The size of an element in bytes.
  public var size: Int {
    switch self {
    case .uint8, .int8: 1
    case .float16: 2
    case .float32: 4
    }
  }
}
