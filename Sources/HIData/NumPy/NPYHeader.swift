/// What a `.npy` file says of its array.
struct NPYHeader: Equatable {
  /// How many bytes come before the elements.
  var size: Int
  var elementType: NPYElementType
  var shape: [Int]

  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  private static let longest = 1 << 20

  init(contents: [UInt8], file: String) throws(DataError) {
    guard contents.count >= 10, contents.starts(with: Self.magic) else {
      throw .wrongMagic(
        file: file, expected: "the .npy magic number \\x93NUMPY",
        found: contents.isEmpty ? "nothing" : "something else")
    }
    let version = contents[6]
    guard 1...3 ~= version else {
      throw .unsupported(file: file, found: ".npy version \(version)", wanted: "version 1, 2 or 3")
    }
    let lengthSize = version == 1 ? 2 : 4
    let start = 8 + lengthSize
    guard contents.count >= start else {
      throw .wrongLength(
        file: file, expected: "\(start) bytes of header", found: "\(contents.count)")
    }
    let length = contents[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= Self.longest, contents.count - start >= length else {
      throw .wrongLength(
        file: file, expected: "\(length) bytes of header", found: "\(contents.count - start)")
    }
    size = start + length

    var parser = PythonLiteralParser(contents[start..<size])
    guard case .dictionary(let entries)? = parser.parseWhole() else {
      throw .malformedHeader(file: file, reason: "is not a Python dictionary")
    }
    guard let description = entries["descr"], let order = entries["fortran_order"],
      let dimensions = entries["shape"]
    else {
      throw .malformedHeader(file: file, reason: "lacks one of descr, fortran_order and shape")
    }
    elementType = try Self.elementType(description, file: file)
    guard case .boolean(let isFortran) = order else {
      throw .malformedHeader(file: file, reason: "has a fortran_order that is not True or False")
    }
    guard !isFortran else {
      throw .unsupported(
        file: file, found: "an array in Fortran order",
        wanted: "C order (numpy.ascontiguousarray)")
    }
    shape = try Self.shape(dimensions, file: file)
  }

  private static func elementType(
    _ value: PythonLiteral, file: String
  ) throws(DataError) -> NPYElementType {
    let wanted = NPYElementType.allCases.map(\.rawValue).joined(separator: ", ")
    guard case .string(let text) = value else {
      throw .unsupported(file: file, found: "records with fields", wanted: "one of \(wanted)")
    }
    guard !text.hasPrefix(">") else {
      throw .unsupported(
        file: file, found: "big-endian elements (\(text))",
        wanted: "little-endian ones (array.astype('<\(text.dropFirst())'))")
    }
    guard let order = text.first, "<|=".contains(order),
      let type = NPYElementType(rawValue: String(text.dropFirst()))
    else {
      let kind = text.dropFirst().first == "O" ? "Python objects" : "elements of type \(text)"
      throw .unsupported(file: file, found: kind, wanted: "one of \(wanted)")
    }
    return type
  }

  private static func shape(_ value: PythonLiteral, file: String) throws(DataError) -> [Int] {
    guard case .tuple(let items) = value, items.count <= 32 else {
      throw .malformedHeader(file: file, reason: "has a shape that is not a tuple")
    }
    var shape: [Int] = []
    for item in items {
      guard case .integer(let dimension) = item else {
        throw .malformedHeader(file: file, reason: "has a shape that is not of whole numbers")
      }
      shape.append(dimension)
    }
    return shape
  }
}
