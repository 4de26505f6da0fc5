import Foundation
import HIData
import Testing

@Suite struct UnfinishedFileTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
  }

  private struct Failure: Error {}

  @Test func theFileAppearsWholeAndReplacesAnEarlierOne() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "a").path
    try Data("old".utf8).write(to: URL(filePath: path))
    try UnfinishedFile.write(to: path) { unfinished in
      try Data("new".utf8).write(to: URL(filePath: unfinished))
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
    #expect(names == ["a"])
  }

  @Test func aFailureLeavesTheEarlierFileAndNothingElse() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "a").path
    try Data("old".utf8).write(to: URL(filePath: path))
    #expect(throws: Failure.self) {
      try UnfinishedFile.write(to: path) { unfinished in
        try Data("half".utf8).write(to: URL(filePath: unfinished))
        throw Failure()
      }
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
    #expect(names == ["a"])
  }

  @Test func whatIsHalfWrittenCanBeRemovedWithSQLitesFilesBesideIt() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "a").path
    try? UnfinishedFile.write(to: path) { unfinished in
      for suffix in ["", "-journal", "-wal", "-shm"] {
        try Data("half".utf8).write(to: URL(filePath: unfinished + suffix))
      }
      #expect(names.count == 4)
      UnfinishedFile.removeAll()
      #expect(names.isEmpty)
    }
    #expect(names.isEmpty)
  }
}
