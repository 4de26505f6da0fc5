internal import Tracing

/// An attribute as OTLP has it: a name and a value that names its type.
struct OTLPAttribute: Encodable {
  /// A value; lists are as Swift shows them, since nothing here has one.
  enum Value: Encodable {
    case string(String)
    case integer(Int64)
    case real(Double)
    case boolean(Bool)

    private enum Key: String, CodingKey {
      case stringValue
      case intValue
      case doubleValue
      case boolValue
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      switch self {
      case .string(let text): try container.encode(text, forKey: .stringValue)
      // A 64-bit integer is text in the JSON form of protocol buffers.
      case .integer(let number): try container.encode("\(number)", forKey: .intValue)
      // JSON has no number for these, and the form's own word for them is text.
      case .real(let number) where number.isNaN:
        try container.encode("NaN", forKey: .doubleValue)
      case .real(let number) where number.isInfinite:
        try container.encode(number < 0 ? "-Infinity" : "Infinity", forKey: .doubleValue)
      case .real(let number): try container.encode(number, forKey: .doubleValue)
      case .boolean(let flag): try container.encode(flag, forKey: .boolValue)
      }
    }
  }

  let key: String
  let value: Value

  /// In the order of their names.
  static func all(of attributes: SpanAttributes) -> [OTLPAttribute] {
    var all: [OTLPAttribute] = []
    attributes.forEach { name, attribute in
      all.append(OTLPAttribute(key: name, value: Value(attribute)))
    }
    return all.sorted { $0.key < $1.key }
  }
}

extension OTLPAttribute.Value {
  fileprivate init(_ attribute: SpanAttribute) {
    switch attribute {
    case .int32(let number): self = .integer(Int64(number))
    case .int64(let number): self = .integer(number)
    case .double(let number): self = .real(number)
    case .bool(let flag): self = .boolean(flag)
    case .string(let text): self = .string(text)
    case .stringConvertible(let value): self = .string("\(value)")
    default: self = .string("\(attribute)")
    }
  }
}
