/// An array of unsigned bytes in the IDX format of the MNIST family, plain or gzip-compressed.
///
/// The format (http://yann.lecun.com/exdb/mnist): two zero bytes, a type code, the rank, the
/// dimensions as big-endian 32-bit integers, the elements.
public struct IDXFile: Sendable, Equatable {
  /// The sizes of the dimensions, for example `[60000, 28, 28]`; each positive.
  public let shape: [Int]
  /// The elements, row-major.
  public let bytes: [UInt8]

  private static let unsignedByte: UInt8 = 0x08

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: the file; one that begins with gzip's magic number is decompressed, to no more than
  ///     its header announces.
  ///   - rank: how many dimensions it has to have: 3 for images, 1 for labels.
  /// - Throws: ``DataError`` where it is missing, not IDX, of another rank or type, or not as long as
  ///   its header says.
  public init(path: String, rank: Int) throws(DataError) {
    try self.init(contents: FileBytes.read(path), rank: rank, file: path)
  }

  /// Reads a file's contents; `file` names it in errors.
  public init(contents: [UInt8], rank: Int, file: String) throws(DataError) {
    precondition(1...255 ~= rank, "an IDX file has 1 to 255 dimensions")
    let headerSize = 4 + 4 * rank
    if contents.starts(with: [0x1f, 0x8b]) {
      let header = try Gunzip.inflate(contents, limit: headerSize, file: file).bytes
      shape = try Self.parseHeader(header[...], rank: rank, file: file)
      let size = try Self.elementCount(shape, file: file)
      let whole = try Gunzip.inflate(contents, limit: headerSize + size, file: file)
      try Self.check(
        whole.bytes.count - headerSize, against: size, hasMore: whole.hasMore, file: file)
      bytes = Array(whole.bytes.dropFirst(headerSize))
    } else {
      shape = try Self.parseHeader(contents.prefix(headerSize), rank: rank, file: file)
      let size = try Self.elementCount(shape, file: file)
      try Self.check(contents.count - headerSize, against: size, hasMore: false, file: file)
      bytes = Array(contents.dropFirst(headerSize))
    }
  }

  private static func parseHeader(
    _ header: ArraySlice<UInt8>, rank: Int, file: String
  ) throws(DataError) -> [Int] {
    let header = Array(header)
    let magic: [UInt8] = [0, 0, unsignedByte, UInt8(rank)]
    guard header.starts(with: magic) else {
      throw .wrongMagic(
        file: file, expected: "the IDX magic number \(hexadecimal(magic))",
        found: header.isEmpty ? "nothing" : hexadecimal(header.prefix(4)))
    }
    guard header.count == 4 + 4 * rank else {
      throw .wrongLength(
        file: file, expected: "\(4 + 4 * rank) bytes of header", found: "\(header.count)")
    }
    return (0..<rank).map { dimension in
      header[(4 + 4 * dimension)..<(8 + 4 * dimension)].reduce(0) { $0 << 8 | Int($1) }
    }
  }

  private static func elementCount(_ shape: [Int], file: String) throws(DataError) -> Int {
    guard
      let count = Sample.byteCount(elementType: .uint8, shape: shape), count <= FileBytes.limit
    else {
      throw .malformedHeader(
        file: file, reason: "announces the dimensions \(shape), which no data set has")
    }
    return count
  }

  private static func check(
    _ found: Int, against expected: Int, hasMore: Bool, file: String
  ) throws(DataError) {
    guard found == expected, !hasMore else {
      throw .wrongLength(
        file: file, expected: "\(expected) bytes of elements",
        found: hasMore ? "more than \(expected)" : "\(found)")
    }
  }

  private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }
}
