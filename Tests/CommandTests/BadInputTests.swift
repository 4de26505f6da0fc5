import Foundation
import Testing

/// Bad input gets one sentence and status 1, and no file is written.
@Suite struct BadInputTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func record(model path: String, data: String = "fashion-mnist") async throws
    -> Command.Result
  {
    try await Command.run(
      "trace", "record", "--model", path, "--data", data, "--samples", "3", "--out",
      folder.file("out.hitrace"))
  }

  private func expectSentence(
    _ result: Command.Result, naming words: String...,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(result.status == 1, "\(result.errors)", sourceLocation: sourceLocation)
    #expect(result.output.isEmpty, sourceLocation: sourceLocation)
    #expect(result.errors.hasPrefix("Error: "), sourceLocation: sourceLocation)
    #expect(
      result.errors.split(separator: "\n").count == 1, "\(result.errors)",
      sourceLocation: sourceLocation)
    for word in words {
      #expect(
        result.errors.contains(word), "\(result.errors)", sourceLocation: sourceLocation)
    }
    #expect(
      !FileManager.default.fileExists(atPath: folder.file("out.hitrace")),
      sourceLocation: sourceLocation)
  }

  /// A copy of the small model that a test may damage.
  private func copiedModel() throws -> String {
    let path = folder.file("copy.himodel")
    try FileManager.default.copyItem(atPath: model("fashion-tiny"), toPath: path)
    return path
  }

  private static let run = [
    "run", "--local", "fashion-tiny", "--remote", "hi://127.0.0.1:1", "--policy", "none.json",
    "--data", "fashion-mnist",
  ]

  @Test(
    arguments: [
      (run, "--deadline"), (run, "--connect-timeout"), (run, "--request-timeout"),
      (["classify", "none.png", "--local", "fashion-tiny"], "--deadline"), (["demo"], "--deadline"),
      (
        ["trace", "record", "--model", "fashion-tiny", "--data", "fashion-mnist", "--out", "none"],
        "--deadline"
      ),
      (
        ["serve", "none", "--policy", "none.json", "--upstream", "hi://127.0.0.1:1"],
        "--upstream-deadline"
      ),
    ] as [(command: [String], name: String)], ["0", "600001", "9223372036854775807"])
  func aWaitThatIsNoneOrLongerThanTenMinutes(
    of option: (command: [String], name: String), milliseconds: String
  ) async throws {
    let result = try await Command.run(option.command + [option.name, milliseconds])
    #expect(result.status == 64, "\(result.errors)")
    #expect(
      result.errors.contains(
        "\(option.name) is from 1 to 600000 milliseconds, not \(milliseconds)."),
      "\(result.errors)")
  }

  @Test func aMissingModel() async throws {
    expectSentence(try await record(model: folder.file("none.himodel")), naming: "none.himodel")
  }

  @Test func aMissingStage() async throws {
    let path = try copiedModel()
    try FileManager.default.removeItem(atPath: path + "/stage1.onnx")
    expectSentence(try await record(model: path), naming: "stage1.onnx")
  }

  @Test func aTruncatedStage() async throws {
    let path = try copiedModel()
    let stage = URL(filePath: path + "/stage1.onnx")
    try Data(contentsOf: stage).prefix(1000).write(to: stage)
    expectSentence(try await record(model: path), naming: "stage1.onnx")
  }

  @Test func aStageWithAnotherHash() async throws {
    let path = try copiedModel()
    let stage = URL(filePath: path + "/stage1.onnx")
    var bytes = try Data(contentsOf: stage)
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: stage)
    expectSentence(try await record(model: path), naming: "stage1.onnx", "SHA-256")
  }

  @Test func aManifestThatIsNoManifest() async throws {
    let path = try copiedModel()
    try Data("{\"schema\": 3}".utf8).write(to: URL(filePath: path + "/manifest.json"))
    expectSentence(try await record(model: path), naming: "manifest.json")
  }

  @Test func aDataSetThatNobodyKnows() async throws {
    expectSentence(
      try await record(model: model("fashion-tiny"), data: "fashion-nist"), naming: "fashion-mnist")
  }

  @Test func dataWithAWrongMagicNumber() async throws {
    try Data(repeating: 7, count: 64).write(
      to: URL(filePath: folder.file("t10k-images-idx3-ubyte")))
    try Data(repeating: 7, count: 64).write(
      to: URL(filePath: folder.file("t10k-labels-idx1-ubyte")))
    expectSentence(
      try await record(model: model("fashion-tiny"), data: folder.url.path), naming: "t10k-")
  }

  @Test func dataOfAnotherShape() async throws {
    // Two images of 5 x 5 where the model takes 28 x 28.
    var images = Data([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0, 5])
    images += Data(repeating: 1, count: 50)
    try images.write(to: URL(filePath: folder.file("t10k-images-idx3-ubyte")))
    try Data([0, 0, 8, 1, 0, 0, 0, 2, 0, 9]).write(
      to: URL(filePath: folder.file("t10k-labels-idx1-ubyte")))
    let result = try await record(model: model("fashion-tiny"), data: folder.url.path)
    #expect(result.status == 1)
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  @Test func aPolicyOfAnotherModelIsRefusedNamingBoth() async throws {
    for (name, out) in [("fashion-tiny", "l.hitrace"), ("fashion-remote", "r.hitrace")] {
      let recorded = try await Command.run(
        "trace", "record", "--model", model(name), "--data", "fashion-mnist", "--split",
        "calibration", "--samples", "300", "--out", folder.file(out))
      #expect(recorded.status == 0, "\(recorded.errors)")
    }
    let calibrated = try await Command.run(
      "calibrate", "--local", folder.file("l.hitrace"), "--remote", folder.file("r.hitrace"),
      "--out", folder.file("policy.json"))
    #expect(calibrated.status == 0, "\(calibrated.errors)")
    let refused = try await Command.run(
      "run", "--local", model("fashion-tiny-int8"), "--remote", "hi://127.0.0.1:1", "--policy",
      folder.file("policy.json"), "--data", "fashion-mnist", "--samples", "5")
    expectSentence(refused, naming: "'fashion-tiny'", "int8")
  }

  @Test(arguments: ["127.0.0.1:9000", "ftp://127.0.0.1:9000", "hi://127.0.0.1", "hi://:9000"])
  func aRemoteThatIsNoURL(url: String) async throws {
    let result = try await Command.run(
      "run", "--local", model("fashion-tiny"), "--remote", url, "--policy", "none.json", "--data",
      "fashion-mnist")
    #expect(result.status != 0)
    #expect(result.errors.contains("policy") || result.errors.contains(url))
  }

  @Test(arguments: ["ftp", "HTTP"])
  func aRemoteOfAnUnknownSchemeIsToldTheSchemesOfThisBuild(scheme: String) async throws {
    #if OpenInference
      let known = "'hi', 'his', 'http', 'https', 'grpc' or 'grpcs'"
    #else
      let known = "'hi' or 'his'"
    #endif
    expectSentence(
      try await OffloadedPicture().run(remote: "\(scheme)://127.0.0.1/model"),
      naming: "the scheme '\(scheme)', expected \(known): write it like hi://127.0.0.1:9000")
  }
}
