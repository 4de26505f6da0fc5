import Foundation
import HITrace
import Testing

/// Files of a few bytes that claim more than there can be; found by fuzzing.
@Suite struct ImportedAnswersTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

  /// A NumPy file, version 1.0.
  private func file(_ name: String, _ type: String, _ shape: String, _ bytes: [UInt8]) throws
    -> String
  {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }\n"
    var content: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    content += [UInt8(header.utf8.count % 256), UInt8(header.utf8.count / 256)]
    content += Array(header.utf8) + bytes
    let place = folder.appending(path: name)
    try Data(content).write(to: place)
    return place.path
  }

  private func bytes(_ labels: [Int64]) -> [UInt8] {
    labels.flatMap { label in withUnsafeBytes(of: label.littleEndian) { Array($0) } }
  }

  @Test(arguments: [[0, 1 << 40], [0, Int64.max], [-5, -5], [-1]])
  func aClassThatNobodyHasIsRefused(labels: [Int64]) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let truth = try file("y.npy", "<i8", "(\(labels.count),)", bytes(labels))
    #expect(throws: ImportError.self) {
      try ImportedAnswers(labels: truth, exits: [truth], holdLogits: false)
    }
  }

  @Test func aWidthWithoutRowsIsRefused() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let truth = try file("y.npy", "<i8", "(0,)", [])
    let exit = try file("p.npy", "<f4", "(0, 1099511627776)", [])
    #expect(throws: ImportError.self) {
      try ImportedAnswers(labels: truth, exits: [exit], holdLogits: true)
    }
  }

  @Test func classesWithoutNamesAreNumbered() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let truth = try file("y.npy", "<i8", "(3,)", bytes([0, 2, 1]))
    let answers = try ImportedAnswers(labels: truth, exits: [truth], holdLogits: false)
    #expect(answers.classes == ["0", "1", "2"])
  }
}
