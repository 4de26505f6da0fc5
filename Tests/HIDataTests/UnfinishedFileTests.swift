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

  @Test func aLinkStaysAndTheFileThatItLeadsToIsReplaced() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let link = folder.appending(path: "latest").path
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "a")
    try Data("old".utf8).write(to: folder.appending(path: "a"))
    try UnfinishedFile.write(to: link) { try Data("newest".utf8).write(to: URL(filePath: $0)) }
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "a")
    #expect(
      try String(contentsOf: folder.appending(path: "a"), encoding: .utf8) == "newest")
    #expect(names == ["a", "latest"])
  }

  @Test func aLinkThatLeadsToNothingStaysAndTheFileAppearsThere() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let link = folder.appending(path: "latest").path
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "next")
    try FileManager.default.createSymbolicLink(
      atPath: folder.appending(path: "next").path,
      withDestinationPath: folder.appending(path: "a").path)
    try UnfinishedFile.write(to: link) { try Data("new".utf8).write(to: URL(filePath: $0)) }
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "next")
    #expect(try String(contentsOf: folder.appending(path: "a"), encoding: .utf8) == "new")
    #expect(names == ["a", "latest", "next"])
  }

  @Test func aLinkThatLeadsToItselfIsAnError() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let link = folder.appending(path: "latest").path
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "latest")
    #expect(throws: CocoaError.self) {
      try UnfinishedFile.write(to: link) { try Data("x".utf8).write(to: URL(filePath: $0)) }
    }
    #expect(names == ["latest"])
  }

  @Test func whatIsNoFileStaysAndGetsTheBytes() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let pipe = folder.appending(path: "pipe").path
    try #require(mkfifo(pipe, 0o600) == 0)
    // Both ends, so that neither opening waits for the other.
    let reader = open(pipe, O_RDWR)
    defer { close(reader) }
    try UnfinishedFile.write(to: pipe) { unfinished in
      try Data("bytes".utf8).write(to: URL(filePath: unfinished))
    }
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = read(reader, &bytes, bytes.count)
    #expect(bytes.prefix(max(count, 0)).elementsEqual("bytes".utf8))
    #expect(names == ["pipe"])
  }

  #if os(Linux)
    @Test func aDeviceThatTakesNothingIsAnErrorAndStays() throws {
      defer { try? FileManager.default.removeItem(at: folder) }
      let link = folder.appending(path: "full").path
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/dev/full")
      #expect(throws: (any Error).self) {
        try UnfinishedFile.write(to: link) { try Data("x".utf8).write(to: URL(filePath: $0)) }
      }
      var status = stat()
      #expect(stat("/dev/full", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
      #expect(names == ["full"])
    }
  #endif

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
