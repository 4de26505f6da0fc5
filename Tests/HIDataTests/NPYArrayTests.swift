import HIData
import Testing

@Suite struct NPYArrayTests {
  @Test(
    arguments: [
      ("|u1", [0, 255, 7], [0, 255, 7]),
      ("|i1", [0, 255, 7], [0, -1, 7]),
      ("<u2", [1, 0, 255, 255, 0, 1], [1, 65_535, 256]),
      ("<i2", [1, 0, 255, 255, 0, 1], [1, -1, 256]),
      ("<i4", [1, 0, 0, 0, 255, 255, 255, 255, 0, 0, 1, 0], [1, -1, 65_536]),
      ("<u4", [1, 0, 0, 0, 255, 255, 255, 255, 0, 0, 1, 0], [1, 4_294_967_295, 65_536]),
      (
        "<i8",
        [1, 0, 0, 0, 0, 0, 0, 0] + Array(repeating: 255, count: 8) + [0, 0, 0, 0, 1, 0, 0, 0],
        [1, -1, 4_294_967_296]
      ),
    ] as [(String, [UInt8], [Int])])
  func integersOfEveryWidthAreRead(descr: String, bytes: [UInt8], expected: [Int]) throws {
    let array = try NPYArray(
      contents: Encoding.npy(descr, shape: "(3,)", bytes), file: "x")
    #expect(array.shape == [3])
    #expect(array.count == 3)
    #expect(array.integers() == expected)
    #expect(array.floats() == expected.map { Float($0) })
  }

  @Test(
    arguments: [
      // 1, -2, 0.5, largest, smallest subnormal, -0
      (
        "<f2", [0x00, 0x3c, 0x00, 0xc0, 0x00, 0x38, 0xff, 0x7b, 0x01, 0x00, 0x00, 0x80],
        [1, -2, 0.5, 65_504, 0x1p-24, -0.0]
      ),
      ("<f4", [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0], [1, -2]),
      ("<f8", [0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0], [1, -2]),
    ] as [(String, [UInt8], [Float])])
  func floatingPointOfEveryWidthIsRead(descr: String, bytes: [UInt8], expected: [Float]) throws {
    let array = try NPYArray(
      contents: Encoding.npy(descr, shape: "(\(expected.count),)", bytes), file: "x")
    #expect(array.floats().map(\.bitPattern) == expected.map(\.bitPattern))
    #expect(array.integers() == nil)
  }

  @Test func halfPrecisionIsExactForEveryPattern() throws {
    let patterns = (0...UInt16.max).map { $0 }
    let bytes = patterns.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    let floats = try NPYArray(
      contents: Encoding.npy("<f2", shape: "(65536,)", bytes), file: "x"
    ).floats()
    #if !(os(macOS) && arch(x86_64))
      for (pattern, float) in zip(patterns, floats) {
        let expected = Float(Float16(bitPattern: pattern))
        #expect(float == expected || (float.isNaN && expected.isNaN))
      }
    #endif
  }

  @Test(arguments: [1, 2, 3] as [UInt8])
  func everyVersionOfTheFormatIsRead(version: UInt8) throws {
    let contents = Encoding.npy(
      "<f4", shape: "(1, 2)", Array(repeating: 0, count: 8), version: version)
    #expect(try NPYArray(contents: contents, file: "x").shape == [1, 2])
  }

  @Test(arguments: [
    ("()", 1, []), ("(0, 5)", 0, [0, 5]), ("(2L,)", 2, [2]), ("(2, 1, 2)", 4, [2, 1, 2]),
  ])
  func shapesAreReadAsPythonWritesThem(text: String, count: Int, shape: [Int]) throws {
    let array = try NPYArray(
      contents: Encoding.npy("|u1", shape: text, Array(repeating: 0, count: count)), file: "x")
    #expect(array.shape == shape)
    #expect(array.count == count)
  }

  @Test(
    arguments: [
      (">f4", "False", "big-endian elements (>f4)"),
      ("|O", "False", "Python objects"),
      ("<f4", "True", "an array in Fortran order"),
      ("<c8", "False", "elements of type <c8"),
      ("<U10", "False", "elements of type <U10"),
      ("", "False", "elements of type "),
    ])
  func whatIsNotReadIsNamed(descr: String, order: String, found: String) throws {
    let error = #expect(throws: DataError.self) {
      try NPYArray(
        contents: Encoding.npy(descr, order: order, shape: "(1,)", [0, 0, 0, 0]), file: "x")
    }
    guard case .unsupported("x", found, _) = error else { throw error! }
  }

  @Test func recordsWithFieldsAreRefused() throws {
    let header = "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }"
    let error = #expect(throws: DataError.self) {
      try NPYArray(contents: Encoding.npy(header: header, [0, 0, 0, 0]), file: "x")
    }
    guard case .unsupported("x", "records with fields", _) = error else { throw error! }
  }

  @Test(
    arguments: [
      "", "{", "{}", "[]", "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': 1}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': ('1',)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296, 4294967296)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} trailing",
      "((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((",
      "__import__('os').system('true')",
    ])
  func aHeaderThatMakesNoSenseIsRefused(header: String) throws {
    let error = #expect(throws: DataError.self) {
      try NPYArray(contents: Encoding.npy(header: header, [0, 0, 0, 0]), file: "x")
    }
    guard case .malformedHeader("x", _) = error else { throw error! }
  }

  @Test(arguments: [-1, 1])
  func anotherLengthThanTheHeadersIsRefused(difference: Int) throws {
    #expect(
      throws: DataError.wrongLength(
        file: "x", expected: "8 bytes of elements", found: "\(8 + difference)")
    ) {
      try NPYArray(
        contents: Encoding.npy("<f4", shape: "(2,)", Array(repeating: 0, count: 8 + difference)),
        file: "x")
    }
  }

  @Test func anotherFormatIsRefused() throws {
    for contents in [[], Array("not an array at all".utf8), [0x93]] {
      let error = #expect(throws: DataError.self) {
        try NPYArray(contents: contents, file: "x")
      }
      guard case .wrongMagic("x", _, _) = error else { throw error! }
    }
  }
}
