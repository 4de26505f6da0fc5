import Foundation
import HIData
import HIModels
import Testing

@Suite struct StageContractTests {
  private func load(_ path: String) throws -> StagedModel {
    try StagedModel(bundle: ModelBundle(at: path), library: RuntimeLibrary())
  }

  /// Loads a damaged copy whose manifest has the damaged file's hash.
  private func rehash(_ copy: BundleCopy, stage: String) throws {
    let manifest = try ModelBundle(at: Fixture.path("two-stage")).manifest
    let old = try #require(manifest.stages.first { $0.file == stage }).sha256
    let data = try Data(contentsOf: copy.url.appendingPathComponent(stage))
    let new = SHA256Digest(of: data).hexadecimal
    try copy.editManifest(old, new)
  }

  @Test func anotherInputShapeThanTheManifestsIsRefused() throws {
    let path = Fixture.path("wrong-shape")
    #expect(
      throws: ModelError.tensorMismatch(
        file: path + "/stage1.onnx", tensor: "image", expected: "float32 [N, 1, 4, 4]",
        found: "float32 [N, 1, 3, 4]")
    ) { try load(path) }
  }

  @Test func anotherElementTypeThanTheManifestsIsRefused() throws {
    let path = Fixture.path("wrong-type")
    #expect(
      throws: ModelError.tensorMismatch(
        file: path + "/stage1.onnx", tensor: "image", expected: "float32 [N, 1, 4, 4]",
        found: "uint8 [N, 1, 4, 4]")
    ) { try load(path) }
  }

  @Test func otherClassesThanTheManifestsAreRefused() throws {
    let copy = try BundleCopy()
    try copy.editManifest("\"circle\",", "\"circle\", \"ring\",")
    #expect(
      throws: ModelError.tensorMismatch(
        file: copy.path + "/stage1.onnx", tensor: "logits1", expected: "float32 [N, 4]",
        found: "float32 [N, 3]")
    ) { try load(copy.path) }
  }

  @Test(
    arguments: [
      ("\"input\": \"image\"", "\"input\": \"picture\"", "picture", "the inputs [\"image\"]"),
      (
        "\"logits\": \"logits1\"", "\"logits\": \"scores\"", "scores",
        "the outputs [\"hidden1\", \"logits1\"]"
      ),
      (
        "\"hidden\": \"hidden1\"", "\"hidden\": \"between\"", "between",
        "the outputs [\"hidden1\", \"logits1\"]"
      ),
    ])
  func aTensorThatTheFileLacksIsNamed(
    old: String, new: String, tensor: String, found: String
  ) throws {
    let copy = try BundleCopy()
    try copy.editManifest(old, new)
    let error = #expect(throws: ModelError.self) { try load(copy.path) }
    guard case .tensorMismatch(_, tensor, _, found) = error else { throw error! }
  }

  @Test(arguments: [0, 1, 100, 200])
  func aFileThatIsNotAModelIsRefusedWithItsName(length: Int) throws {
    let copy = try BundleCopy()
    try copy.edit("stage2.onnx") { $0 = $0.prefix(length) }
    try rehash(copy, stage: "stage2.onnx")
    let error = #expect(throws: ModelError.self) { try load(copy.path) }
    guard case .unloadable(let file, let reason) = error else { throw error! }
    #expect(file == copy.path + "/stage2.onnx")
    #expect(!reason.isEmpty && !reason.contains("\n"))
  }
}
