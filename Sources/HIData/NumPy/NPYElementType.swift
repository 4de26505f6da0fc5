/// The element types of a `.npy` file that are read, by NumPy's own short names.
public enum NPYElementType: String, Sendable, CaseIterable {
  case uint8 = "u1"
  case int8 = "i1"
  case uint16 = "u2"
  case int16 = "i2"
  case uint32 = "u4"
  case int32 = "i4"
  case uint64 = "u8"
  case int64 = "i8"
  case float16 = "f2"
  case float32 = "f4"
  case float64 = "f8"

  /// The size of an element in bytes.
  public var size: Int {
    switch self {
    case .uint8, .int8: 1
    case .uint16, .int16, .float16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    }
  }

  /// Whether the elements are whole numbers.
  public var isInteger: Bool {
    switch self {
    case .float16, .float32, .float64: false
    default: true
    }
  }
}
