import HIData
import Testing

@Suite struct IDXFileTests {
  private let pixels = [UInt8](0..<24)

  @Test(arguments: [false, true])
  func plainAndCompressedFilesAreRead(compressed: Bool) throws {
    let folder = try TemporaryFolder()
    let plain = Encoding.idx([2, 3, 4], pixels)
    let path = try folder.write(compressed ? Encoding.gzip(plain) : plain, to: "images")
    let file = try IDXFile(path: path, rank: 3)
    #expect(file.shape == [2, 3, 4])
    #expect(file.bytes == pixels)
  }

  @Test func concatenatedGzipMembersAreOneFile() throws {
    let plain = Encoding.idx([2, 3, 4], pixels)
    let halves = Encoding.gzip(Array(plain.prefix(20))) + Encoding.gzip(Array(plain.dropFirst(20)))
    #expect(try IDXFile(contents: halves, rank: 3, file: "x").bytes == pixels)
  }

  @Test func aMissingFileIsNamed() throws {
    #expect(throws: DataError.fileNotFound(file: "/nowhere/images")) {
      try IDXFile(path: "/nowhere/images", rank: 3)
    }
  }

  @Test func aFolderIsNotAFile() throws {
    #expect(throws: DataError.unreadable(file: "/tmp", reason: "it is not a regular file")) {
      try IDXFile(path: "/tmp", rank: 3)
    }
  }

  @Test(
    arguments: [
      ([UInt8](), "nothing"),
      ([0, 0, 8], "00 00 08"),
      ([0, 0, 8, 1, 0, 0, 0, 1, 5], "00 00 08 01"),
      ([0, 0, 0x0d, 3], "00 00 0d 03"),
      (Array("PNG\r\n".utf8), "50 4e 47 0d"),
    ])
  func aWrongMagicNumberIsShown(contents: [UInt8], found: String) throws {
    #expect(
      throws: DataError.wrongMagic(
        file: "x", expected: "the IDX magic number 00 00 08 03", found: found)
    ) { try IDXFile(contents: contents, rank: 3, file: "x") }
  }

  @Test(arguments: [false, true])
  func aTruncatedFileSaysByHowMuch(compressed: Bool) throws {
    let short = Encoding.idx([2, 3, 4], Array(pixels.dropLast(5)))
    #expect(
      throws: DataError.wrongLength(file: "x", expected: "24 bytes of elements", found: "19")
    ) {
      try IDXFile(contents: compressed ? Encoding.gzip(short) : short, rank: 3, file: "x")
    }
    let header = Array(Encoding.idx([2, 3, 4], []).prefix(10))
    #expect(throws: DataError.wrongLength(file: "x", expected: "16 bytes of header", found: "10")) {
      try IDXFile(contents: compressed ? Encoding.gzip(header) : header, rank: 3, file: "x")
    }
  }

  @Test func aFileThatIsTooLongIsRefused() throws {
    let long = Encoding.idx([2, 3, 4], pixels + [1, 2])
    #expect(
      throws: DataError.wrongLength(file: "x", expected: "24 bytes of elements", found: "26")
    ) { try IDXFile(contents: long, rank: 3, file: "x") }
    #expect(
      throws: DataError.wrongLength(
        file: "x", expected: "24 bytes of elements", found: "more than 24")
    ) { try IDXFile(contents: Encoding.gzip(long), rank: 3, file: "x") }
  }

  @Test(arguments: [
    [0, 28, 28], [4_294_967_295, 4_294_967_295, 4_294_967_295], [65_536, 65_536, 2],
  ])
  func dimensionsThatNoDataSetHasAreRefused(shape: [Int]) throws {
    let error = #expect(throws: DataError.self) {
      try IDXFile(contents: Encoding.idx(shape, pixels), rank: 3, file: "x")
    }
    guard case .malformedHeader("x", _) = error else { throw error! }
  }

  @Test func aBombIsDecompressedNoFurtherThanItsHeaderSays() throws {
    // 64 MB of zeroes in 64 kB; the header announces 24 bytes.
    let bomb = Encoding.gzip(Encoding.idx([2, 3, 4], Array(repeating: 0, count: 64 << 20)))
    #expect(bomb.count < 100_000)
    #expect(
      throws: DataError.wrongLength(
        file: "x", expected: "24 bytes of elements", found: "more than 24")
    ) { try IDXFile(contents: bomb, rank: 3, file: "x") }
  }

  @Test func damagedCompressionIsRefused() throws {
    let sound = Encoding.gzip(Encoding.idx([2, 3, 4], pixels))
    var wrongChecksum = sound
    wrongChecksum[sound.count - 8] ^= 1
    let damaged = [
      Array(sound.dropLast(9)), Array(sound.dropLast(1)), Array(sound.prefix(2)), wrongChecksum,
      sound + [1, 2, 3], [0x1f, 0x8b] + Array(repeating: 0xff, count: 40),
    ]
    for contents in damaged {
      let error = #expect(throws: DataError.self) {
        try IDXFile(contents: contents, rank: 3, file: "x")
      }
      guard case .corruptCompression("x", _) = error else { throw error! }
    }
  }
}
