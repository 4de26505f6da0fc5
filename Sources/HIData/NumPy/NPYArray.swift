/// An array out of a NumPy `.npy` file: logits, labels, or another program's answers.
///
///     let logits = try NPYArray(path: "exit1.npy")   // shape [10000, 10], float32
///     let first = logits.floats().prefix(10)
///
/// Versions 1 to 3 of the format are read, little-endian and in C order (numpy.lib.format describes
/// it). Object arrays are refused: they are pickles, and reading a pickle runs code.
public struct NPYArray: Sendable, Equatable {
  /// The sizes of the dimensions; empty for a single value.
  public let shape: [Int]
  /// The type of the elements.
  public let elementType: NPYElementType
  /// The elements' bytes, row-major and little-endian.
  public let bytes: [UInt8]

  /// How many elements there are.
  public var count: Int { bytes.count / elementType.size }

  /// Reads a file.
  ///
  /// - Throws: ``DataError`` where it is missing, not `.npy`, of a type or order that is not read, or
  ///   not as long as its header says.
  public init(path: String) throws(DataError) {
    try self.init(contents: FileBytes.read(path), file: path)
  }

  /// Reads a file's contents; `file` names it in errors.
  public init(contents: [UInt8], file: String) throws(DataError) {
    let header = try NPYHeader(contents: contents, file: file)
    var size = header.elementType.size
    for dimension in header.shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
      guard !overflow else {
        throw .malformedHeader(
          file: file, reason: "announces the shape \(header.shape), which no memory holds")
      }
      size = product
    }
    let found = contents.count - header.size
    guard found == size else {
      throw .wrongLength(file: file, expected: "\(size) bytes of elements", found: "\(found)")
    }
    shape = header.shape
    elementType = header.elementType
    bytes = Array(contents.dropFirst(header.size))
  }

  /// Every element as single precision, rounded where it has more digits.
  ///
  /// - Complexity: O(count).
  public func floats() -> [Float] {
    switch elementType {
    case .uint8: map(UInt8.self) { Float($0) }
    case .int8: map(Int8.self) { Float($0) }
    case .uint16: map(UInt16.self) { Float($0) }
    case .int16: map(Int16.self) { Float($0) }
    case .uint32: map(UInt32.self) { Float($0) }
    case .int32: map(Int32.self) { Float($0) }
    case .uint64: map(UInt64.self) { Float($0) }
    case .int64: map(Int64.self) { Float($0) }
    case .float16: map(UInt16.self) { Float(halfPrecisionBits: $0) }
    case .float32: map(UInt32.self) { Float(bitPattern: $0) }
    case .float64: map(UInt64.self) { Float(Double(bitPattern: $0)) }
    }
  }

  /// Every element as an integer, or nil where the elements are floating-point numbers or one is
  /// larger than `Int` holds.
  ///
  /// - Complexity: O(count).
  public func integers() -> [Int]? {
    switch elementType {
    case .uint8: return map(UInt8.self) { Int($0) }
    case .int8: return map(Int8.self) { Int($0) }
    case .uint16: return map(UInt16.self) { Int($0) }
    case .int16: return map(Int16.self) { Int($0) }
    case .uint32: return map(UInt32.self) { Int($0) }
    case .int32: return map(Int32.self) { Int($0) }
    case .int64: return map(Int64.self) { Int($0) }
    case .uint64:
      let values = map(UInt64.self) { Int(exactly: $0) }
      return values.contains(nil) ? nil : values.compactMap { $0 }
    case .float16, .float32, .float64: return nil
    }
  }

  private func map<Stored: FixedWidthInteger, Value>(
    _: Stored.Type, _ transform: (Stored) -> Value
  ) -> [Value] {
    bytes.withUnsafeBytes { raw in
      (0..<count).map { index in
        transform(
          Stored(
            littleEndian: raw.loadUnaligned(
              fromByteOffset: index * MemoryLayout<Stored>.size, as: Stored.self)))
      }
    }
  }
}
