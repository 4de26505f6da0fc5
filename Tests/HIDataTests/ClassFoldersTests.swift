import Foundation
import HIData
import Testing

/// Folders of pictures as data sets. The pictures are PNG files of one grey level, written here.
@Suite struct ClassFoldersTests {
  private let root: URL

  init() throws {
    root = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
  }

  private func put(_ level: UInt8, at path: String) throws {
    let file = root.appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(PictureBytes.png(grey: level, width: 4, height: 2)).write(to: file)
  }

  private func load(_ split: DatasetSplit, classes: [String]? = nil) throws -> Dataset {
    try DatasetCatalogue().load(
      root.path, split: split, images: ImageForm(shape: [1, 2, 2], isChannelsFirst: true),
      classes: classes)
  }

  @Test func everySecondPictureOfAClassCalibratesAndTheOthersTest() throws {
    defer { try? FileManager.default.removeItem(at: root) }
    for number in 0..<5 { try put(UInt8(number), at: "cat/\(number).png") }
    for number in 0..<2 { try put(UInt8(100 + number), at: "dog/\(number).png") }
    let test = try load(.test)
    let calibration = try load(.calibration)
    #expect(test.classes == ["cat", "dog"])
    #expect(test.labels == [0, 0, 0, 1])
    #expect(
      test.storage.enumerated().filter { $0.offset % 4 == 0 }.map(\.element) == [0, 2, 4, 100])
    #expect(calibration.labels == [0, 0, 1])
    #expect(calibration.storage == [1, 3, 101].flatMap { [UInt8](repeating: $0, count: 4) })
    #expect(throws: DataError.self) { try load(.train) }
  }

  @Test func foldersForTheSplitsDecideWhereThereAreAny() throws {
    defer { try? FileManager.default.removeItem(at: root) }
    try put(1, at: "calibration/cat/a.png")
    try put(2, at: "test/dog/b.png")
    try put(3, at: "test/dog/c.png")
    #expect(try load(.calibration).labels == [0])
    #expect(try load(.test).labels == [1, 1])
    #expect(try load(.test).classes == ["cat", "dog"])
  }

  @Test func labelsCountInTheModelsClassesWhereTheFoldersAreNamedAfterThem() throws {
    defer { try? FileManager.default.removeItem(at: root) }
    try put(1, at: "cat/a.png")
    try put(2, at: "dog/b.png")
    let some = try load(.test, classes: ["dog", "bird", "cat"])
    #expect(some.classes == ["dog", "bird", "cat"])
    #expect(some.labels == [2, 0])
    let others = try load(.test, classes: ["hen", "cow"])
    #expect(others.classes == ["cat", "dog"])
    #expect(others.labels == [0, 1])
  }

  @Test func aPictureThatIsNoneIsNamed() throws {
    defer { try? FileManager.default.removeItem(at: root) }
    try put(1, at: "cat/a.png")
    try Data("not a picture".utf8).write(to: root.appending(path: "cat/b.png"))
    try put(1, at: "cat/c.png")
    #expect { try load(.calibration) } throws: { error in
      "\(error)".contains("cat/b.png") && "\(error)".hasSuffix(".")
    }
  }

  @Test func picturesNeedAModelsSize() throws {
    defer { try? FileManager.default.removeItem(at: root) }
    try put(1, at: "cat/a.png")
    #expect(throws: DataError.self) { try DatasetCatalogue().load(root.path, split: .test) }
    #expect(ImageForm(shape: [2, 4, 4], isChannelsFirst: true) == nil)
    #expect(ImageForm(shape: [3, 0, 4], isChannelsFirst: true) == nil)
  }
}

/// Pictures written without an encoder: PNG with stored deflate blocks.
enum PictureBytes {
  static func png(grey: UInt8, width: Int, height: Int) -> [UInt8] {
    var rows: [UInt8] = []
    for _ in 0..<height { rows += [0] + [UInt8](repeating: grey, count: width) }
    var (low, high) = (1, 0)
    for byte in rows {
      low = (low + Int(byte)) % 65521
      high = (high + low) % 65521
    }
    let length = UInt16(rows.count)
    var stored: [UInt8] = [0x78, 0x01, 1]
    for value in [length, ~length] { stored += [UInt8(value & 0xFF), UInt8(value >> 8)] }
    stored += rows + bigEndian(UInt32(high << 16 | low))
    let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    let header = bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, 0, 0, 0, 0]
    return signature + chunk("IHDR", header) + chunk("IDAT", stored) + chunk("IEND", [])
  }

  private static func chunk(_ kind: String, _ body: [UInt8]) -> [UInt8] {
    let covered = Array(kind.utf8) + body
    return bigEndian(UInt32(body.count)) + covered + bigEndian(crc(covered))
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian, Array.init)
  }

  private static func crc(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { crc, byte in
      (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in
        value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1
      }
    }
  }
}
