/// A named tensor of a request or a response: its elements' bytes are row-major and little-endian.
public struct Tensor: Sendable, Equatable {
  /// What the model calls it.
  public let name: String
  /// The type of its elements.
  public let datatype: TensorDatatype
  /// The sizes of its dimensions, none negative.
  public let shape: [Int]
  /// Its elements; those of ``TensorDatatype/bytes`` each after a 32-bit length.
  public let bytes: [UInt8]

  /// Makes a tensor and checks that the bytes are as many as shape and type say.
  ///
  /// - Throws: ``OpenInferenceError`` of kind ``OpenInferenceError/Kind/badRequest``.
  public init(
    name: String, datatype: TensorDatatype, shape: [Int], bytes: [UInt8]
  ) throws(OpenInferenceError) {
    let count = try Self.elementCount(of: shape, tensor: name)
    if let size = datatype.size {
      let (expected, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, expected == bytes.count else {
        throw .badRequest(
          "The tensor \"\(name)\" of \(datatype.rawValue) \(shape) has \(bytes.count) bytes where "
            + "\(overflow ? "more than there can be" : "\(expected)") were expected.")
      }
      if datatype == .bool, let other = bytes.first(where: { $0 > 1 }) {
        throw .badRequest(
          "The tensor \"\(name)\" of BOOL has the value \(other); each is 0 or 1.")
      }
    } else {
      let found = Self.elements(in: bytes)?.count
      guard found == count else {
        throw .badRequest(
          "The tensor \"\(name)\" of BYTES \(shape) "
            + (found.map { "has \($0) elements where \(count) were expected." }
              ?? "does not consist of elements, each a 32-bit length and that many bytes."))
      }
    }
    self.init(checkedName: name, datatype: datatype, shape: shape, bytes: bytes)
  }

  /// For callers that have made the bytes to the shape.
  init(checkedName name: String, datatype: TensorDatatype, shape: [Int], bytes: [UInt8]) {
    self.name = name
    self.datatype = datatype
    self.shape = shape
    self.bytes = bytes
  }

  /// How many elements there are.
  public var count: Int { shape.reduce(1, *) }

  /// The elements of a ``TensorDatatype/bytes`` tensor; nil for other types.
  public var elements: [ArraySlice<UInt8>]? {
    datatype == .bytes ? Self.elements(in: bytes) : nil
  }

  /// How many elements a shape has; refuses negative sizes and products that overflow.
  static func elementCount(of shape: [Int], tensor: String) throws(OpenInferenceError) -> Int {
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflow else {
        throw .badRequest(
          "The tensor \"\(tensor)\" has the shape \(shape), which is none; give sizes that are not "
            + "negative and fit into memory.")
      }
      count = product
    }
    return count
  }

  /// Cuts length-prefixed elements apart; nil where the lengths do not fit the bytes.
  private static func elements(in bytes: [UInt8]) -> [ArraySlice<UInt8>]? {
    var elements: [ArraySlice<UInt8>] = []
    var place = 0
    while place < bytes.count {
      guard bytes.count - place >= 4 else { return nil }
      var length = 0
      for offset in (0..<4).reversed() { length = length << 8 | Int(bytes[place + offset]) }
      place += 4
      guard length <= bytes.count - place else { return nil }
      elements.append(bytes[place..<place + length])
      place += length
    }
    return elements
  }
}

extension Tensor {
  /// A tensor of single precision values.
  static func floats(_ name: String, shape: [Int], _ values: [Float]) -> Tensor {
    Tensor(
      checkedName: name, datatype: .fp32, shape: shape,
      bytes: littleEndianBytes(values.map(\.bitPattern)))
  }

  /// A tensor of 64-bit integers.
  static func integers(_ name: String, shape: [Int], _ values: [Int64]) -> Tensor {
    Tensor(checkedName: name, datatype: .int64, shape: shape, bytes: littleEndianBytes(values))
  }

  /// A tensor of texts.
  static func texts(_ name: String, shape: [Int], _ values: [String]) -> Tensor {
    var bytes: [UInt8] = []
    for value in values { appendElement(value.utf8, to: &bytes) }
    return Tensor(checkedName: name, datatype: .bytes, shape: shape, bytes: bytes)
  }

  /// Adds one element of a ``TensorDatatype/bytes`` tensor with its length.
  static func appendElement(_ element: some Collection<UInt8>, to bytes: inout [UInt8]) {
    bytes += littleEndianBytes([UInt32(clamping: element.count)])
    bytes += element
  }

  /// The bytes of integers, or of floating point numbers' bit patterns.
  static func littleEndianBytes(_ values: [some FixedWidthInteger]) -> [UInt8] {
    values.map(\.littleEndian).withUnsafeBytes { Array($0) }
  }

  /// The elements read as integers of a width, or as bit patterns.
  func integers<Value: FixedWidthInteger>(_ type: Value.Type) -> [Value] {
    let size = MemoryLayout<Value>.size
    return bytes.withUnsafeBytes { source in
      (0..<bytes.count / size).map {
        Value(littleEndian: source.loadUnaligned(fromByteOffset: $0 * size, as: Value.self))
      }
    }
  }
}
