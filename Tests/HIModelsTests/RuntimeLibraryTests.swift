import Foundation
import Testing

@testable import HIModels

@Suite struct RuntimeLibraryTests {
  @Test func theLibraryIsFoundAndSaysItsVersion() throws {
    let library = try RuntimeLibrary()
    #expect(library.version.hasPrefix("1."))
  }

  @Test func theEnvironmentComesFirst() throws {
    let file = Fixture.path("two-stage") + "/manifest.json"
    let search = RuntimeLibrarySearch(
      environment: ["ONNXRUNTIME_LIBRARY": file], startingFolders: [], systemFolders: [])
    #expect(try search.find() == file)
  }

  @Test func anEnvironmentThatPointsNowhereIsNotPassedOver() throws {
    var search = RuntimeLibrarySearch.standard
    search.environment = ["ONNXRUNTIME_LIBRARY": "/nowhere/libonnxruntime.so"]
    #expect(
      throws: ModelError.libraryNotFound(
        searched: ["/nowhere/libonnxruntime.so (ONNXRUNTIME_LIBRARY)"])
    ) { try search.find() }
  }

  @Test func aLibraryInAnAncestorsDepsIsFound() throws {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: root) }
    let folder = root.appendingPathComponent(".deps/onnxruntime/lib")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appendingPathComponent(RuntimeLibrarySearch.fileName).path
    try Data([0]).write(to: URL(fileURLWithPath: file))
    let search = RuntimeLibrarySearch(
      environment: [:], startingFolders: [root.path + "/build/debug"], systemFolders: [])
    #expect(try search.find() == file)
  }

  @Test func aSystemFolderMayHoldOnlyAVersionedName() throws {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: root) }
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    for version in ["1.9", "1.21", "1.3"] {
      let name = RuntimeLibrarySearch.fileName + "." + version
      try Data([0]).write(to: root.appendingPathComponent(name))
    }
    let search = RuntimeLibrarySearch(
      environment: [:], startingFolders: [], systemFolders: ["/nowhere", root.path])
    #expect(try search.find() == root.path + "/" + RuntimeLibrarySearch.fileName + ".1.21")
  }

  @Test func aLibraryThatIsNowhereIsOneSentenceThatHelps() throws {
    let search = RuntimeLibrarySearch(
      environment: [:], startingFolders: ["/nowhere"], systemFolders: ["/neither"])
    let error = #expect(throws: ModelError.self) { try search.find() }
    #expect(
      error?.description
        == "ONNX Runtime is in none of /nowhere and the folders above it (.deps/onnxruntime/lib), "
        + "/neither; run `make setup`, or set ONNXRUNTIME_LIBRARY to the path of its shared library."
    )
  }

  @Test(arguments: ["/nowhere/libonnxruntime.so", "/etc/passwd", "/bin/ls"])
  func aFileThatIsNotTheLibraryIsRefused(path: String) throws {
    let error = #expect(throws: ModelError.self) { try RuntimeLibrary(path: path) }
    guard case .libraryUnusable(path, _) = error else { throw error! }
  }
}
