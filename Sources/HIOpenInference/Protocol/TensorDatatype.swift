/// The type of a tensor's elements, as the protocol names it.
public enum TensorDatatype: String, Sendable, CaseIterable {
  /// One byte, 0 or 1.
  case bool = "BOOL"
  /// Unsigned 8-bit integers.
  case uint8 = "UINT8"
  /// Unsigned 16-bit integers.
  case uint16 = "UINT16"
  /// Unsigned 32-bit integers.
  case uint32 = "UINT32"
  /// Unsigned 64-bit integers.
  case uint64 = "UINT64"
  /// Signed 8-bit integers.
  case int8 = "INT8"
  /// Signed 16-bit integers.
  case int16 = "INT16"
  /// Signed 32-bit integers.
  case int32 = "INT32"
  /// Signed 64-bit integers.
  case int64 = "INT64"
  /// IEEE 754 half precision.
  case fp16 = "FP16"
  /// IEEE 754 single precision.
  case fp32 = "FP32"
  /// IEEE 754 double precision.
  case fp64 = "FP64"
  /// Any bytes: each element is a 32-bit length and that many bytes.
  case bytes = "BYTES"

  /// The size of an element in bytes; nil where elements differ.
  public var size: Int? {
    switch self {
    case .bool, .uint8, .int8: 1
    case .uint16, .int16, .fp16: 2
    case .uint32, .int32, .fp32: 4
    case .uint64, .int64, .fp64: 8
    case .bytes: nil
    }
  }

  /// The type's number in a gRPC model configuration.
  var configurationNumber: Int32 {
    switch self {
    case .bool: 1
    case .uint8: 2
    case .uint16: 3
    case .uint32: 4
    case .uint64: 5
    case .int8: 6
    case .int16: 7
    case .int32: 8
    case .int64: 9
    case .fp16: 10
    case .fp32: 11
    case .fp64: 12
    case .bytes: 13
    }
  }

  /// The type of a name, with an error that lists the names there are.
  init(named name: String, tensor: String) throws(OpenInferenceError) {
    guard let datatype = TensorDatatype(rawValue: name) else {
      throw .badRequest(
        "The tensor \"\(tensor)\" has the datatype \"\(name)\"; use one of "
          + Self.allCases.map(\.rawValue).joined(separator: ", ") + ".")
    }
    self = datatype
  }
}
