import Foundation
import HIData
import HIModels
import HITransport
import NIOCore
import SocketPeers
import Synchronization
import Testing

@testable import HIServing

@Suite(.timeLimit(.minutes(2))) struct ModelRepositoryTests {
  /// A folder of copies of a small bundle with three classes and 4 x 4 pixels.
  private final class Folder {
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
    var path: String { url.path }
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "HIModelsTests/Fixtures")

    init() throws {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func add(_ place: String, name: String = "two-stage") throws {
      let target = url.appending(path: place)
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        at: Self.fixtures.appending(path: "two-stage.himodel"), to: target)
      try edit(place, "\"two-stage\"", "\"\(name)\"")
    }

    /// Replaces text in a bundle's manifest; the text has to be there.
    func edit(_ place: String, _ old: String, _ new: String) throws {
      let file = url.appending(path: place + "/manifest.json")
      let text = try String(contentsOf: file, encoding: .utf8)
      precondition(text.contains(old))
      try text.replacingOccurrences(of: old, with: new)
        .write(to: file, atomically: true, encoding: .utf8)
    }

    func remove(_ place: String) throws {
      try FileManager.default.removeItem(at: url.appending(path: place))
    }
  }

  static let sample = Sample(
    elementType: .uint8, shape: [1, 4, 4], bytes: Array(repeating: 7, count: 16))!

  private func load(_ source: ModelSource) async throws -> ModelRepository {
    var configuration = SchedulingConfiguration()
    configuration.workers = 1
    return try await ModelRepository.load(source, configuration: configuration)
  }

  private func end(_ repository: ModelRepository) async {
    repository.close()
    #expect(await repository.join(within: .seconds(60)))
  }

  @Test func modelsAreFoundByNameAndTheNewestVersionByDefault() async throws {
    let folder = try Folder()
    try folder.add("alpha.himodel", name: "alpha")
    for version in ["2", "10", "9"] { try folder.add("beta/\(version)/any.himodel") }
    let repository = try await load(.folder(folder.path))
    #expect(repository.defaultName == "alpha")
    #expect(repository.isReady)
    #expect(
      repository.index.map { "\($0.name) \($0.version) \($0.state.rawValue)\($0.reason)" }
        == ["alpha 1 READY", "beta 2 READY", "beta 9 READY", "beta 10 READY"])
    let beta = try #require(repository.model(named: "beta"))
    #expect(beta.version == "10")
    #expect(beta.description.name == "beta")
    #expect(beta.manifest?.name == "two-stage")
    #expect(try await beta.infer([Self.sample])[0].logits.count == 3)
    #expect(repository.model(named: "beta", version: "2")?.version == "2")
    #expect(repository.model(named: "beta", version: "3") == nil)
    #expect(repository.model(named: "gamma") == nil)
    await end(repository)
  }

  @Test func aBadBundleOfAFolderKeepsNoOtherFromBeingServed() async throws {
    let folder = try Folder()
    try folder.add("bad.himodel", name: "bad")
    try folder.edit("bad.himodel", "hi.model/1", "hi.model/9")
    try folder.add("good.himodel", name: "good")
    let repository = try await load(.folder(folder.path))
    #expect(repository.models.map(\.name) == ["good"])
    #expect(repository.isReady)
    let bad = try #require(repository.index.first)
    #expect(bad.name == "bad" && bad.state == .unavailable)
    #expect(bad.reason.contains("\(folder.path)/bad.himodel/manifest.json has the schema"))
    await end(repository)
  }

  @Test func whatIsNoModelIsPassedOverByName() async throws {
    let folder = try Folder()
    for place in ["good.himodel", "other/2/a.himodel"] { try folder.add(place, name: "good") }
    #expect(try ModelSource.folder(folder.path).findings().passedOver == [])
    for file in [
      "README.md", ".hidden", "triton/config.pbtxt", "triton/1/model.onnx", "triton/1/.hidden",
      "other/notes.txt", "other/2/notes.txt", "other/3/model.onnx", "other/.hidden/a",
    ] {
      let place = folder.url.appending(path: file)
      try FileManager.default.createDirectory(
        at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data().write(to: place)
    }
    let found = try ModelSource.folder(folder.path).findings()
    #expect(found.candidates.map { "\($0.name) \($0.version)" } == ["good 1", "other 2"])
    #expect(
      found.passedOver
        == ["README.md", "other/2/notes.txt", "other/3", "other/notes.txt", "triton"])
  }

  @Test func aBadBundleThatWasNamedStopsTheStart() async throws {
    let folder = try Folder()
    try folder.add("good.himodel")
    await #expect {
      _ = try await load(.bundles([folder.path + "/good.himodel", folder.path + "/none.himodel"]))
    } throws: { error in
      "\(error)".hasPrefix("\(folder.path)/none.himodel is not a folder")
    }
    await #expect(throws: RepositoryError.noModels(folder: folder.path + "/good.himodel")) {
      _ = try await load(.folder(folder.path + "/good.himodel"))
    }
  }

  @Test func twoBundlesOfOneVersionAreAnErrorThatNamesBoth() async throws {
    let folder = try Folder()
    try folder.add("one.himodel", name: "same")
    try folder.add("two.himodel", name: "same")
    await #expect(
      throws: RepositoryError.duplicate(
        name: "same", version: "1", first: folder.path + "/one.himodel",
        second: folder.path + "/two.himodel")
    ) { _ = try await load(.folder(folder.path)) }
  }

  @Test func aReloadLoadsWhatIsNewOrChangedAndUnloadsWhatIsGone() async throws {
    let folder = try Folder()
    for name in ["changed", "gone", "same"] { try folder.add("\(name).himodel", name: name) }
    let repository = try await load(.folder(folder.path))
    try await change(folder, of: repository)
    #expect(repository.model(named: "gone") == nil)
    #expect(repository.index.map(\.name) == ["changed", "same", "new"])
    await end(repository)
  }

  private func change(_ folder: Folder, of repository: ModelRepository) async throws {
    let before = ["changed", "same"].map { repository.model(named: $0) }
    try folder.edit("changed.himodel", "\"version\": \"1\"", "\"version\":  \"1\"")
    try folder.edit("changed.himodel", "\"classes\": [", "\"classes\": [ ")
    let untouched = try await repository.reload()
    #expect(untouched.loaded == [], "the same manifest in another writing is no change")
    try folder.edit("changed.himodel", "\"scale\": ", "\"scale\": 1")
    try folder.remove("gone.himodel")
    try folder.add("new.himodel", name: "new")
    let report = try await repository.reload()
    #expect(report.loaded == ["changed version 1", "new version 1"])
    #expect(report.unloaded == ["gone version 1"])
    #expect(report.unchanged == ["same version 1"])
    #expect(report.failures == [])
    #expect(repository.model(named: "changed") !== before[0])
    #expect(repository.model(named: "same") === before[1])
  }

  @Test func aReloadThatFailsKeepsWhatIsServed() async throws {
    let folder = try Folder()
    try folder.add("a.himodel", name: "a")
    let path = folder.path + "/a.himodel"
    let repository = try await load(.bundles([path]))
    let before = repository.model(named: "a")
    try folder.edit("a.himodel", "\"logits1\"", "\"nonsense\"")
    let report = try await repository.reload()
    #expect(report.failures.count == 1)
    #expect(repository.model(named: "a") === before)
    #expect(repository.index[0].state == .ready)
    #expect(repository.index[0].reason.contains("nonsense"))
    try folder.remove("a.himodel")
    #expect(try await repository.reload().failures.count == 1)
    #expect(repository.model(named: "a") === before)
    await #expect(throws: RepositoryError.self) { try await repository.load("a") }
    #expect(try await before?.infer([Self.sample]).count == 1)
    await end(repository)
  }

  /// A new version, or a model of another name, in the place of the old one that does not load.
  @Test(arguments: [
    [("\"version\": \"1\"", "\"version\": \"2\""), ("\"logits1\"", "\"nonsense\"")],
    [("\"name\": \"a\"", "\"name\": \"other\""), ("\"logits1\"", "\"nonsense\"")],
    [("\"version\": \"1\"", "\"version\": \"2\""), ("\"sha256\": \"", "\"sha256\": \"0")],
    [("hi.model/1", "hi.model/9")],
  ])
  func whatDoesNotLoadKeepsInServiceWhateverWasInItsPlace(
    edits: [(String, String)]
  ) async throws {
    let folder = try Folder()
    // The file's name is not the model's, so that an unreadable bundle goes by another name.
    try folder.add("file.himodel", name: "a")
    try folder.add("same.himodel", name: "same")
    let repository = try await load(.folder(folder.path))
    let before = repository.model(named: "a")
    for (old, new) in edits { try folder.edit("file.himodel", old, new) }
    for _ in 0..<2 {
      let report = try await repository.reload()
      #expect(report.failures.count == 1)
      #expect(report.unloaded == [])
      #expect(repository.model(named: "a") === before)
      #expect(
        repository.index.map { "\($0.name) \($0.version) \($0.state.rawValue)" }
          == ["a 1 READY", "same 1 READY"])
      #expect(repository.index[0].reason != "")
    }
    await #expect(throws: RepositoryError.self) { try await repository.load("a") }
    #expect(repository.model(named: "a") === before)
    for (old, new) in edits.reversed() { try folder.edit("file.himodel", new, old) }
    #expect(try await repository.reload().failures == [])
    #expect(repository.index[0].reason == "")
    await end(repository)
  }

  @Test func answersOfModelsThatWereReplacedOrUnloadedAreCounted() async throws {
    let folder = try Folder()
    try folder.add("a.himodel", name: "a")
    let repository = try await load(.folder(folder.path))
    _ = try await repository.model(named: "a")?.infer([Self.sample])
    try folder.edit("a.himodel", "\"scale\": ", "\"scale\": 1")
    try await repository.reload()
    _ = try await repository.model(named: "a")?.infer([Self.sample, Self.sample])
    try await repository.unload("a")
    #expect(repository.answeredRequests == 2)
    await end(repository)
  }

  @Test func anUnloadedModelStaysSoUntilItIsLoaded() async throws {
    let folder = try Folder()
    try folder.add("a.himodel", name: "a")
    try folder.add("b.himodel", name: "b")
    let repository = try await load(.folder(folder.path))
    try await repository.unload("a")
    try await repository.reload()
    #expect(repository.model(named: "a") == nil)
    #expect(repository.index[0].state == .unavailable)
    #expect(repository.index[0].reason == "unloaded by request")
    #expect(repository.isReady)
    repository.need("a")
    #expect(!repository.isReady)
    repository.need("b")
    #expect(repository.isReady)
    try await repository.unload("b")
    #expect(!repository.isReady)
    try await repository.load("b")
    try await repository.load("a")
    #expect(repository.model(named: "a") != nil)
    #expect(repository.index[0] == .init(name: "a", version: "1", state: .ready, reason: ""))
    let unknown = RepositoryError.unknownModel(name: "c", known: ["a", "b"])
    await #expect(throws: unknown) { try await repository.load("c") }
    await #expect(throws: unknown) { try await repository.unload("c") }
    await end(repository)
    await #expect(throws: RepositoryError.closed) { try await repository.reload() }
  }

  /// Unloads the model while one request is in it and one waits.
  private func answersOfTwo(
    from repository: ModelRepository, unloading backend: RecordingBackend
  ) async throws -> [Int] {
    let model = try #require(repository.model(named: "echo"))
    async let first = model.infer([EchoBackend.sample(1)])
    try await onThread { backend.waitForOneMoreRun() }
    async let second = model.infer([EchoBackend.sample(2)])
    while model.waitingRequests == 0 { await Task.yield() }
    try await repository.unload("echo")
    #expect(repository.model(named: "echo") == nil)
    backend.permit(2)
    return try await [first[0].prediction, second[0].prediction]
  }

  @Test func whatAnUnloadedModelHasAcceptedItStillAnswers() async throws {
    let backend = RecordingBackend()
    let repository = try await load(.backends([backend]))
    #expect(try await answersOfTwo(from: repository, unloading: backend) == [1, 2])
    // The model's last reference is gone, so its thread ends though the repository stays open.
    #expect(await repository.join(within: .seconds(60)))
    await end(repository)
  }

  @Test func noRequestIsDroppedWhileModelsAreReplacedUnderLoad() async throws {
    let folder = try Folder()
    try folder.add("a.himodel", name: "a")
    let repository = try await load(.folder(folder.path))
    let (failed, answered) = await withTaskGroup(of: (Int, Int).self) { group in
      let isOver = Flag()
      for _ in 0..<4 {
        group.addTask {
          var counts = (failed: 0, answered: 0)
          while !isOver.isSet {
            let answers = try? await repository.model(named: "a")?.infer([Self.sample])
            if answers?.count == 1 { counts.answered += 1 } else { counts.failed += 1 }
          }
          return counts
        }
      }
      for round in 0..<10 {
        try? folder.edit("a.himodel", "\"scale\": ", "\"scale\": \(round + 1)")
        let report = try? await repository.reload()
        #expect(report?.loaded == ["a version 1"])
      }
      isOver.set()
      return await group.reduce((0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
    }
    #expect(failed == 0)
    #expect(answered > 0)
    await end(repository)
  }
}

/// Set once, read from anywhere.
private final class Flag: Sendable {
  private let value = Atomic(false)
  var isSet: Bool { value.load(ordering: .relaxed) }
  func set() { value.store(true, ordering: .relaxed) }
}
