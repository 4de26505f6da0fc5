public import HIData

extension ElementType {
  /// The number of this type in a request: 1 uint8, 2 int8, 3 float16, 4 float32.
  public var wireCode: UInt8 {
    switch self {
    case .uint8: 1
    case .int8: 2
    case .float16: 3
    case .float32: 4
    }
  }

  /// The type that a request's number stands for, or nil where it stands for none.
  public init?(wireCode: UInt8) {
    switch wireCode {
    case 1: self = .uint8
    case 2: self = .int8
    case 3: self = .float16
    case 4: self = .float32
    default: return nil
    }
  }
}
