import CZlib
import Foundation
import HIData
import Testing

/// The images that `Fixtures/make_images.py` wrote, and what Pillow says of them.
private enum Images {
  static let folder = Bundle.module.resourceURL!.appendingPathComponent("Images")

  static func encoded(_ file: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appendingPathComponent(file)))
  }

  static func pixels(_ name: String) throws -> RasterImage {
    let array = try NPYArray(path: folder.appendingPathComponent("\(name).npy").path)
    return try #require(
      RasterImage(
        width: array.shape[1], height: array.shape[0],
        channels: array.shape.count == 3 ? array.shape[2] : 1, pixels: array.bytes))
  }

  /// The largest difference of two images' pixels, or nil where their sizes differ.
  static func difference(_ one: RasterImage, _ other: RasterImage) -> Int? {
    guard
      one.width == other.width, one.height == other.height, one.channels == other.channels
    else { return nil }
    return zip(one.pixels, other.pixels).map { abs(Int($0) - Int($1)) }.max()
  }
}

@Suite struct ImageResizing {
  @Test(
    "Resizing gives Pillow's pixels, to one grey level",
    arguments: ["colour", "grey"], ImageFilter.allCases)
  func agreesWithPillow(source: String, filter: ImageFilter) throws {
    for (name, width, height) in [
      ("smaller", 16, 12), ("larger", 61, 90), ("mixed", 64, 20), ("flatter", 35, 9),
    ] {
      let resized = try Images.pixels(source)
        .resized(width: width, height: height, filter: filter)
      let expected = try Images.pixels("\(source)-\(filter.rawValue)-\(name)")
      let difference = try #require(Images.difference(resized, expected))
      #expect(difference <= 1, "\(source) \(filter.rawValue) \(name)")
    }
  }

  @Test func anImageOfOneColourStaysThatColourAtEverySize() throws {
    let image = try #require(
      RasterImage(
        width: 7, height: 5, channels: 3, pixels: (0..<35).flatMap { _ in [UInt8]([9, 130, 255]) })
    )
    for filter in ImageFilter.allCases {
      for (width, height) in [(1, 1), (7, 5), (3, 50), (200, 2)] {
        let resized = image.resized(width: width, height: height, filter: filter)
        #expect(resized.pixels == (0..<width * height).flatMap { _ in [UInt8]([9, 130, 255]) })
      }
    }
  }

  @Test func colourBecomesPillowsGrey() throws {
    let grey = try Images.pixels("colour").converted(toChannels: 1)
    #expect(grey == (try Images.pixels("grey")))
  }

  @Test func planesAndPixelsAreTwoOrdersOfTheSameBytes() throws {
    let image = try Images.pixels("colour")
    let back = RasterImage(
      width: image.width, height: image.height, channels: 3, planes: image.channelsFirst)
    #expect(back == image)
    #expect(image.channelsFirst[image.width * image.height] == image.pixels[1])
  }
}

@Suite struct ImageFitting {
  /// Columns are numbered by their grey level.
  private let ramp = RasterImage(
    width: 10, height: 4, channels: 1, pixels: (0..<40).map { UInt8($0 % 10 * 10) })!

  @Test func theMiddleIsCutOutWhereTheShorterSideFits() throws {
    let preparation = ImagePreparation(shorterSide: 4, filter: .bilinear)
    let prepared = try preparation.prepare(ramp, width: 4, height: 4, channels: 1, name: "ramp")
    #expect(prepared.pixels.prefix(4) == [30, 40, 50, 60])
    #expect(prepared.height == 4)
  }

  @Test func anOddMarginIsRoundedToEven() throws {
    // 10 - 5 = 5 columns go; half of it, 2.5, becomes 2 on the left.
    let preparation = ImagePreparation(shorterSide: 4, filter: .bilinear)
    let prepared = try preparation.prepare(ramp, width: 5, height: 4, channels: 1, name: "ramp")
    #expect(prepared.pixels.prefix(5) == [20, 30, 40, 50, 60])
  }

  @Test(arguments: [(1, 1), (3, 200), (640, 2), (5, 5)])
  func theResultHasTheModelsSizeWhateverTheImages(width: Int, height: Int) throws {
    let image = try #require(
      RasterImage(
        width: width, height: height, channels: 1,
        pixels: Array(repeating: 7, count: width * height)
      ))
    for shorterSide in [nil, 1, 8, 30] {
      let prepared = try ImagePreparation(shorterSide: shorterSide, filter: .bicubic)
        .prepare(image, width: 12, height: 9, channels: 3, name: "image")
      #expect(prepared.width == 12 && prepared.height == 9 && prepared.channels == 3)
      #expect(prepared.pixels.allSatisfy { $0 == 7 })
    }
  }

  @Test func aSliverThatWouldGrowBeyondMeasureIsRefused() throws {
    let sliver = try #require(
      RasterImage(
        width: 1 << 20, height: 1, channels: 1, pixels: Array(repeating: 0, count: 1 << 20)))
    #expect(throws: ImageError.self) {
      try ImagePreparation(shorterSide: 256, filter: .bilinear)
        .prepare(sliver, width: 224, height: 224, channels: 3, name: "sliver")
    }
  }
}

@Suite struct ImageDecodingTests {
  @Test(
    arguments: [
      "colour.png", "grey.png", "palette.png", "transparent.png", "subsampled.jpg",
      "progressive.jpg", "grey.jpg",
    ])
  func decodesToPillowsPixels(file: String) throws {
    let decoded = try RasterImage(decoding: Images.encoded(file), name: file)
    let expected = try Images.pixels(file.replacingOccurrences(of: ".", with: "-"))
    let difference = try #require(Images.difference(decoded, expected))
    #expect(difference <= (file.hasSuffix("png") ? 0 : 1))
  }

  @Test func whatIsNotReadIsNamed() throws {
    #expect(
      throws: ImageError.unsupported(name: "a", found: "a CMYK image", wanted: "RGB or grey")
    ) {
      try RasterImage(decoding: Images.encoded("cmyk.jpg"), name: "a")
    }
    #expect(throws: ImageError.unknownFormat(name: "b")) {
      try RasterImage(decoding: Array("GIF89a".utf8), name: "b")
    }
    #expect(throws: ImageError.unknownFormat(name: "c")) {
      try RasterImage(decoding: [], name: "c")
    }
  }

  @Test(arguments: ["colour.png", "grey.jpg"])
  func moreThanTheLimitIsRefusedBeforeItIsDecoded(file: String) throws {
    #expect(throws: ImageError.tooLarge(name: file, width: 37, height: 41, limit: 1000)) {
      try RasterImage(decoding: Images.encoded(file), name: file, pixelLimit: 1000)
    }
  }

  /// Found by the fuzzer: 141 bytes had 200 MB taken for them.
  @Test(arguments: [(8000, 8000, false), (16_000_000, 4, false), (900, 60, true)])
  func aFileThatIsTooShortForItsImageIsRefusedBeforeMemoryIsTaken(
    width: UInt32, height: UInt32, isPlausible: Bool
  ) throws {
    func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
      let checked = Array(name.utf8) + content
      let sum = UInt32(crc32(0, checked, UInt32(checked.count)))
      return bigEndian(UInt32(content.count)) + checked + bigEndian(sum)
    }
    func bigEndian(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian, Array.init) }
    let file =
      [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
      + chunk("IHDR", bigEndian(width) + bigEndian(height) + [8, 2, 0, 0, 0])
      + chunk("IDAT", [UInt8](repeating: 0, count: 100)) + chunk("IEND", [])
    do throws(ImageError) {
      _ = try RasterImage(decoding: file, name: "bomb.png")
      Issue.record("an image of nothing")
    } catch {
      #expect("\(error)".contains("cannot hold an image") == !isPlausible, "\(error)")
    }
  }

  @Test(
    arguments: ["colour.png", "palette.png", "subsampled.jpg", "progressive.jpg", "grey.jpg"])
  func aDamagedImageIsAnErrorOrAnImageAndNeverACrash(file: String) throws {
    let sound = try Images.encoded(file)
    var generator = SeededGenerator(seed: 17)
    for _ in 0..<400 {
      var bytes = sound
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(
          in: 0...255, using: &generator)
      }
      if Bool.random(using: &generator) {
        bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
      }
      do throws(ImageError) {
        let image = try RasterImage(decoding: bytes, name: file, pixelLimit: 1 << 20)
        #expect(image.pixels.count == image.width * image.height * image.channels)
      } catch {
        #expect("\(error)".hasPrefix(file))
      }
    }
  }

  @Test(arguments: ["colour.png", "subsampled.jpg"])
  func halfAFileIsNoImage(file: String) throws {
    let sound = try Images.encoded(file)
    #expect(throws: ImageError.self) {
      try RasterImage(decoding: Array(sound.prefix(sound.count / 2)), name: file)
    }
  }
}
