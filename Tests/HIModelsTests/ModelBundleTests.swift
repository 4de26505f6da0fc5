import Foundation
import HIData
import HIModels
import Testing

@Suite struct ModelBundleTests {
  @Test func aSoundBundleGivesItsManifest() throws {
    let bundle = try ModelBundle(at: Fixture.path("two-stage"))
    #expect(bundle.manifest.classes == ["circle", "square", "triangle"])
    #expect(bundle.manifest.input.layout == .channelsFirst)
    #expect(bundle.manifest.stages.map(\.hidden) == ["hidden1", nil])
    #expect(bundle.manifest.training == .object(["dataset": .null, "epochs": .number(0)]))
    #expect(bundle.manifest.accuracy == nil)
  }

  @Test(arguments: [(1, true), (256, true), (16384, true), (0, false), (-5, false), (16385, false)])
  func thePreparationOfImagesIsReadAndChecked(side: Int, isSound: Bool) throws {
    let copy = try BundleCopy()
    try copy.editManifest(
      "\"input\": {",
      "\"input\": {\"preparation\": {\"shorterSide\": \(side), \"filter\": \"bicubic\"},")
    guard isSound else {
      #expect(throws: ModelError.self) { try ModelBundle(at: copy.path) }
      return
    }
    #expect(
      try ModelBundle(at: copy.path).manifest.input.preparation
        == ImagePreparation(shorterSide: side, filter: .bicubic))
  }

  @Test func theDigestIsThatOfTheStagesDigests() throws {
    let bundle = try ModelBundle(at: Fixture.path("two-stage"))
    var lines = ""
    for stage in ["stage1.onnx", "stage2.onnx"] {
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(bundle.path)/\(stage)"))
      lines += SHA256Digest(of: data).hexadecimal + "\n"
    }
    let expected = SHA256Digest(of: lines.utf8).hexadecimal
    #expect(bundle.digest == expected)
    #expect(try ModelBundle(at: Fixture.path("wrong-shape")).digest != bundle.digest)
  }

  @Test func aPathWithoutABundleIsRefused() throws {
    #expect(throws: ModelError.bundleNotFound(path: "/nowhere.himodel")) {
      try ModelBundle(at: "/nowhere.himodel")
    }
    let copy = try BundleCopy()
    try FileManager.default.removeItem(atPath: copy.path + "/manifest.json")
    #expect(throws: ModelError.manifestNotFound(path: copy.path)) { try ModelBundle(at: copy.path) }
  }

  @Test func aMissingStageIsNamed() throws {
    let copy = try BundleCopy()
    try FileManager.default.removeItem(atPath: copy.path + "/stage2.onnx")
    #expect(throws: ModelError.stageNotFound(file: copy.path + "/stage2.onnx")) {
      try ModelBundle(at: copy.path)
    }
  }

  @Test(arguments: ["truncated", "flipped", "empty"])
  func aDamagedStageHasTheWrongHash(damage: String) throws {
    let copy = try BundleCopy()
    try copy.edit("stage2.onnx") { data in
      switch damage {
      case "truncated": data.removeLast(100)
      case "flipped": data[100] ^= 1
      default: data = Data()
      }
    }
    let error = #expect(throws: ModelError.self) { try ModelBundle(at: copy.path) }
    guard case .wrongHash(let file, _, _) = error else { throw error! }
    #expect(file == copy.path + "/stage2.onnx")
  }

  @Test(arguments: ["../two-stage.himodel/stage2.onnx", "/etc/passwd", "..", "", "a\\\\b"])
  func aStageOutsideTheBundleIsRefused(name: String) throws {
    let copy = try BundleCopy()
    try copy.editManifest("\"file\": \"stage2.onnx\"", "\"file\": \"\(name)\"")
    #expect(
      throws: ModelError.unsafeFileName(
        file: copy.path + "/manifest.json",
        name: name.replacingOccurrences(of: "\\\\", with: "\\"))
    ) { try ModelBundle(at: copy.path) }
  }

  @Test func anotherSchemaIsRefused() throws {
    let copy = try BundleCopy()
    try copy.editManifest("hi.model/1", "hi.model/2")
    #expect(
      throws: ModelError.unknownSchema(file: copy.path + "/manifest.json", found: "hi.model/2")
    ) { try ModelBundle(at: copy.path) }
  }

  @Test(
    arguments: [
      ("\"schema\"", "\"sch", "it is not JSON"),
      ("\"schema\"", "\"other\"", "\"schema\" is missing"),
      ("\"logits\": \"logits1\"", "\"logit\": 1", "\"stages[0].logits\" is missing"),
      ("\"name\": \"two-stage\"", "\"name\": 7", "\"name\" is not of type String"),
      (
        "\"layout\": \"CHW\"", "\"layout\": \"WHC\"",
        "\"input.layout\" has a value that is not one of the allowed ones"
      ),
      (
        "\"hidden\": \"hidden1\"", "\"hidden\": null",
        "stage 1 has no hidden tensor for the next one"
      ),
      (
        "\"hidden\": null", "\"hidden\": \"more\"",
        "the last stage has a hidden tensor that nothing takes"
      ),
      (
        "\"sha256\": \"", "\"sha256\": \"0", "the sha256 of stage 1 is not 64 hexadecimal digits"
      ),
    ])
  func aBrokenManifestSaysWhere(old: String, new: String, reason: String) throws {
    let copy = try BundleCopy()
    try copy.editManifest(old, new)
    #expect(
      throws: ModelError.malformedManifest(file: copy.path + "/manifest.json", reason: reason)
    ) { try ModelBundle(at: copy.path) }
  }

  @Test(
    arguments: [
      (#"\[\s+1,\s+4,\s+4\s+\]"#, "[1, 4]"),
      (#"\[\s+1,\s+4,\s+4\s+\]"#, "[1, 4, -4]"),
      (#"\[\s+1,\s+4,\s+4\s+\]"#, "[4611686018427387904, 4, 4]"),
      (#"\[\s+0.25\s+\]"#, "[0.25, 0.25]"),
      (#"\[\s+0.5\s+\]"#, "[0]"),
      (#"\[\s+"circle",\s+"square",\s+"triangle"\s+\]"#, "[]"),
    ])
  func anInputThatContradictsItselfIsRefused(pattern: String, replacement: String) throws {
    let copy = try BundleCopy()
    try copy.edit("manifest.json") { data in
      let text = String(decoding: data, as: UTF8.self)
      let changed = text.replacing(try! Regex(pattern), with: replacement)
      precondition(changed != text)
      data = Data(changed.utf8)
    }
    let error = #expect(throws: ModelError.self) { try ModelBundle(at: copy.path) }
    guard case .malformedManifest = error else { throw error! }
  }

  @Test func aTensorTypeOtherThanFloat32IsRefused() throws {
    let copy = try BundleCopy()
    try copy.editManifest("\"tensorType\": \"float32\"", "\"tensorType\": \"float16\"")
    #expect(
      throws: ModelError.unsupported(
        file: copy.path + "/manifest.json", found: "the tensor type float16", wanted: "float32")
    ) { try ModelBundle(at: copy.path) }
  }
}
