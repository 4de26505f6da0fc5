import Foundation
import HIData
import HIModels
import Testing

/// The path of somebody with ONNX files and a folder of pictures.
@Suite struct OwnModelTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Pictures of the test split as PNG-free arrays: uint8 [1, 28, 28] as `.npy`.
  private func array(_ sample: Sample, _ name: String) throws -> String {
    var header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 28, 28), }"
    header += String(repeating: " ", count: 63 - (10 + header.count) % 64) + "\n"
    var file = Data([0x93]) + Data("NUMPY".utf8)
    file += [1, 0, UInt8(header.count & 0xFF), UInt8(header.count >> 8)]
    file += Data(header.utf8) + Data(sample.bytes)
    try file.write(to: URL(filePath: folder.file(name)))
    return folder.file(name)
  }

  private let normalisation = [
    "--input-scale", "1/255", "--input-mean", "0.286", "--input-std", "0.353",
  ]

  private func plain(_ name: String) throws -> String {
    let path = folder.file("\(name).onnx")
    if !FileManager.default.fileExists(atPath: path) {
      try FileManager.default.copyItem(
        atPath: model("fashion-\(name)") + "/stage1.onnx", toPath: path)
    }
    return path
  }

  @Test func aWrappedFileIsTheBundleThatItWasTakenFrom() async throws {
    let out = folder.file("mine.himodel")
    let result = try await Command.run(
      ["wrap", plain("tiny"), "--out", out] + normalisation)
    #expect(result.status == 0, "\(result.errors)")
    let mine = try ModelBundle(at: out)
    let shipped = try ModelBundle(at: model("fashion-tiny"))
    #expect(mine.digest == shipped.digest)
    #expect(mine.manifest.input == shipped.manifest.input)
    #expect(mine.manifest.stages[0].logits == shipped.manifest.stages[0].logits)
    #expect(mine.manifest.classes == (0..<10).map(String.init))
    let again = try await Command.run(["wrap", plain("tiny"), "--out", out])
    #expect(again.status == 1)
    #expect(again.errors.contains("exists already"), "\(again.errors)")
  }

  /// The plain file, normalised as the bundle is, answers what the bundle answers; it takes the class
  /// names of the data.
  @Test func aPlainFileAnswersAsItsBundleDoes() async throws {
    func summary(_ options: [String]) async throws -> [String] {
      let result = try await Command.run(
        [
          "trace", "record", "--data", "fashion-mnist", "--samples", "200", "--json", "--out",
          folder.file("\(UUID().uuidString).hitrace"),
        ] + options)
      #expect(result.status == 0, "\(result.errors)")
      return result.output.split(separator: "\n").map(String.init)
        .filter {
          $0.contains("accuracy\"") || $0.contains("meanConfidence") || $0.contains("Shirt")
        }
    }
    let plainly = try await summary(["--model", plain("tiny")] + normalisation)
    #expect(plainly.count == 3)
    #expect(try await summary(["--model", "fashion-tiny"]) == plainly)
  }

  @Test(arguments: [
    (["--classes", "two.txt"], "10 classes apart and 2 class names"),
    (["--input-shape", "3,28,28"], "float32 [N, 3, 28, 28]"),
    (["--logits-output", "other"], "\"other\""),
    (["--input-mean", "1,2"], "each of the 1 channels"),
  ])
  func whatDoesNotFitTheFileIsSaid(options: [String], answer: String) async throws {
    try Data("cat\ndog\n".utf8).write(to: URL(filePath: folder.file("two.txt")))
    let options = options.map { $0 == "two.txt" ? folder.file("two.txt") : $0 }
    let result = try await Command.run(
      ["wrap", plain("tiny"), "--out", folder.file("out.himodel")] + options)
    #expect(result.status == 1)
    #expect(result.errors.contains(answer), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.file("out.himodel")))
  }

  @Test func optionsForPlainFilesAreRefusedBesideABundle() async throws {
    let result = try await Command.run(
      "trace", "record", "--model", model("fashion-tiny"), "--input-scale", "1", "--data",
      "fashion-mnist", "--out", folder.file("x.hitrace"))
    #expect(result.status == 1)
    #expect(result.errors.contains("is no ONNX file"), "\(result.errors)")
  }

  private struct Answers: Decodable {
    struct Answer: Decodable {
      struct Opinion: Decodable {
        let label: Int
        let name: String
        let confidence: Double
      }
      let image: String
      let answer: Opinion
      let answeredBy: String
      let reason: String
      let failure: String?
      let localAnswers: [Opinion]
    }
    let schema: String
    let answers: [Answer]
  }

  /// Every sample has one answer of the kind that the policy and the server's state ask for.
  @Test func classifyingSaysWhoAnsweredAndWhy() async throws {
    for (name, out) in [("fashion-tiny", "l.hitrace"), ("fashion-remote", "r.hitrace")] {
      let recorded = try await Command.run(
        "trace", "record", "--model", name, "--data", "fashion-mnist", "--split", "calibration",
        "--samples", "600", "--out", folder.file(out))
      #expect(recorded.status == 0, "\(recorded.errors)")
    }
    let calibrated = try await Command.run(
      "calibrate", "--local", folder.file("l.hitrace"), "--remote", folder.file("r.hitrace"),
      "--max-offload", "0.5", "--objective", "accuracy", "--out", folder.file("policy.json"))
    #expect(calibrated.status == 0, "\(calibrated.errors)")
    let test = try DatasetCatalogue().load("fashion-mnist", split: .test)
    let images = try (0..<60).map { try array(test.sample(at: $0), "\($0).npy") }

    let server = try RunningCommand(
      "serve", model("fashion-remote"), "--port", "0", "--json")
    let url = try #require(try await server.outputLine().firstMatch(of: /hi:\/\/[0-9.:]+/)?.output)
    let options = [
      "--local", "fashion-tiny", "--remote", String(url), "--policy", folder.file("policy.json"),
    ]
    func classify() async throws -> Answers {
      let result = try await Command.run(["classify"] + images + options + ["--json"])
      #expect(result.status == 0, "\(result.errors)")
      return try JSONDecoder().decode(Answers.self, from: Data(result.output.utf8))
    }
    let live = try await classify()
    #expect(live.answers.map(\.image) == images)
    #expect(Set(live.answers.map(\.answeredBy)) == ["local", "remote"])
    for answer in live.answers {
      #expect(answer.reason == (answer.answeredBy == "local" ? "accepted" : "offloaded"))
      #expect(answer.answer.name == test.classes[answer.answer.label])
    }
    let right = zip(live.answers, test.labels).count { $0.answer.label == $1 }
    #expect(right > 50)

    // One line a picture, with its file, class, answerer and reason.
    let text = try await Command.run(["classify"] + images + options)
    let lines = text.output.split(separator: "\n")
    #expect(lines.count == 60)
    for (line, answer) in zip(lines, live.answers) {
      #expect(line.hasPrefix(answer.image) && line.contains("  \(answer.answeredBy) "))
      #expect(line.contains(answer.answeredBy == "local" ? " sure enough (" : "not sure ("))
    }

    #expect(try await server.end(SIGTERM) == 0)
    let alone = try await classify()
    #expect(Set(alone.answers.map(\.answeredBy)) == ["local", "fallback"])
    for (before, after) in zip(live.answers, alone.answers) where before.answeredBy == "remote" {
      #expect(after.answeredBy == "fallback" && after.reason == "offload-failed")
      #expect(after.failure?.isEmpty == false)
      #expect(after.answer.label == before.localAnswers[0].label)
    }
  }

  @Test(arguments: [
    (["nothing.png"], "nothing.png does not exist"),
    (["README.md"], "README.md is neither a JPEG nor a PNG"),
    (["README.md", "--remote", "hi://127.0.0.1:1"], "belong together"),
  ])
  func aPictureThatCannotBeUsedIsNamed(arguments: [String], answer: String) async throws {
    let result = try await Command.run(["classify"] + arguments + ["--local", "fashion-tiny"])
    #expect(result.status != 0)
    #expect(result.errors.contains(answer), "\(result.errors)")
  }
}
