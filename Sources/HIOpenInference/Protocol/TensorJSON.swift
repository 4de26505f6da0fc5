extension Tensor {
  /// A tensor whose elements stand in JSON, either flat or nested as its shape says.
  init(
    name: String, datatype: TensorDatatype, shape: [Int], data: JSONDocument
  ) throws(OpenInferenceError) {
    let count = try Self.elementCount(of: shape, tensor: name)
    var flat = JSONElements(tensor: name, datatype: datatype)
    guard case .array(let elements) = data else {
      throw .badRequest(
        "The data of the tensor \"\(name)\" is \(data.kind) where an array belongs.")
    }
    if case .array = elements.first {
      try flat.append(nested: data, shape: shape[...])
    } else {
      guard elements.count == count else {
        throw .badRequest(
          "The tensor \"\(name)\" of shape \(shape) has \(elements.count) elements where \(count) "
            + "were expected.")
      }
      flat.reserve(count)
      try flat.append(elements)
    }
    self.init(checkedName: name, datatype: datatype, shape: shape, bytes: flat.bytes)
  }

  /// Writes the elements, flat; half precision, for which there is no text form, is written by
  /// callers in binary.
  func writeData(to writer: inout JSONWriter) {
    writer.array { writer in
      switch datatype {
      case .bool: for value in bytes { writer.boolean(value != 0) }
      case .uint8: for value in bytes { writer.integer(value) }
      case .int8: for value in integers(Int8.self) { writer.integer(value) }
      case .uint16, .fp16: for value in integers(UInt16.self) { writer.integer(value) }
      case .int16: for value in integers(Int16.self) { writer.integer(value) }
      case .uint32: for value in integers(UInt32.self) { writer.integer(value) }
      case .int32: for value in integers(Int32.self) { writer.integer(value) }
      case .uint64: for value in integers(UInt64.self) { writer.integer(value) }
      case .int64: for value in integers(Int64.self) { writer.integer(value) }
      case .fp32:
        for bits in integers(UInt32.self) { writer.number(Float(bitPattern: bits)) }
      case .fp64:
        for bits in integers(UInt64.self) { writer.number(Double(bitPattern: bits)) }
      case .bytes:
        for element in elements ?? [] { writer.string(String(decoding: element, as: UTF8.self)) }
      }
    }
  }
}

/// Elements on their way from JSON to bytes.
private struct JSONElements {
  let tensor: String
  let datatype: TensorDatatype
  private(set) var bytes: [UInt8] = []

  init(tensor: String, datatype: TensorDatatype) {
    self.tensor = tensor
    self.datatype = datatype
  }

  mutating func reserve(_ count: Int) { bytes.reserveCapacity(count * (datatype.size ?? 16)) }

  mutating func append(
    nested value: JSONDocument, shape: ArraySlice<Int>
  ) throws(OpenInferenceError) {
    guard let size = shape.first else { return try append(value) }
    guard case .array(let elements) = value, elements.count == size else {
      let found =
        if case .array(let elements) = value { "\(elements.count) elements" } else { value.kind }
      throw .badRequest(
        "The nested data of the tensor \"\(tensor)\" has \(found) where its shape says \(size) "
          + "elements.")
    }
    if shape.count == 1 { return try append(elements) }
    for element in elements { try append(nested: element, shape: shape.dropFirst()) }
  }

  mutating func append(_ values: JSONArray) throws(OpenInferenceError) {
    // Images are most of what comes.
    guard datatype == .uint8, let numbers = values.wholeNumbers else {
      for value in values { try append(value) }
      return
    }
    if let other = numbers.first(where: { UInt8(exactly: $0) == nil }) {
      throw misfit(.integer(other))
    }
    bytes += numbers.lazy.map { UInt8(truncatingIfNeeded: $0) }
  }

  mutating func append(_ value: JSONDocument) throws(OpenInferenceError) {
    switch datatype {
    case .bool:
      switch value {
      case .boolean(let flag): bytes.append(flag ? 1 : 0)
      case .integer(0): bytes.append(0)
      case .integer(1): bytes.append(1)
      default: throw misfit(value)
      }
    case .uint8: try append(value, UInt8.self)
    case .uint16: try append(value, UInt16.self)
    case .uint32: try append(value, UInt32.self)
    case .uint64: try append(value, UInt64.self)
    case .int8: try append(value, Int8.self)
    case .int16: try append(value, Int16.self)
    case .int32: try append(value, Int32.self)
    case .int64: try append(value, Int64.self)
    case .fp32:
      let single = Float(try real(value))
      guard single.isFinite else { throw misfit(value) }
      append(single.bitPattern)
    case .fp64: append(try real(value).bitPattern)
    case .fp16:
      throw .badRequest(
        "The tensor \"\(tensor)\" of FP16 has its data in JSON; send it in the binary part.")
    case .bytes:
      guard case .string(let text) = value else { throw misfit(value) }
      Tensor.appendElement(text.utf8, to: &bytes)
    }
  }

  private mutating func append<Value: FixedWidthInteger>(
    _ value: JSONDocument, _ type: Value.Type
  ) throws(OpenInferenceError) {
    let integer: Value? =
      switch value {
      case .integer(let number): Value(exactly: number)
      case .unsigned(let number): Value(exactly: number)
      case .real(let number): Value(exactly: number)
      default: nil
      }
    guard let integer else { throw misfit(value) }
    append(integer)
  }

  private mutating func append(_ integer: some FixedWidthInteger) {
    if integer.bitWidth == 8 {
      bytes.append(UInt8(truncatingIfNeeded: integer))
    } else {
      withUnsafeBytes(of: integer.littleEndian) { bytes.append(contentsOf: $0) }
    }
  }

  private func real(_ value: JSONDocument) throws(OpenInferenceError) -> Double {
    switch value {
    case .integer(let number): Double(number)
    case .unsigned(let number): Double(number)
    case .real(let number): number
    default: throw misfit(value)
    }
  }

  private func misfit(_ value: JSONDocument) -> OpenInferenceError {
    let found =
      switch value {
      case .integer(let number): "\(number)"
      case .unsigned(let number): "\(number)"
      case .real(let number): "\(number)"
      default: value.kind
      }
    return .badRequest(
      "The tensor \"\(tensor)\" of \(datatype.rawValue) has \(found) among its data; each element is "
        + "a value of that datatype.")
  }
}
