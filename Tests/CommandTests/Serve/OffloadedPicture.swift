import Foundation
import HIModels
import HIPlanning
import HierarchicalInference

/// A picture of noise, and a policy of `fashion-tiny` that offloads it for certain: whether the remote
/// model can be reached then shows in who answers.
struct OffloadedPicture {
  private let folder: TemporaryFolder

  /// The picture's bytes, 28 x 28.
  static let pixels = (0..<784).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 / 28 &* 31) }

  /// Where the policy is.
  var policy: String { folder.file("policy.json") }

  init() throws {
    folder = try TemporaryFolder()
    let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 28, 28), }"
    let padded = header.padding(toLength: 117, withPad: " ", startingAt: 0) + "\n"
    var bytes = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, 118, 0]) + Data(padded.utf8)
    bytes += Self.pixels
    try bytes.write(to: URL(filePath: folder.file("noise.npy")))

    let bundle = try ModelBundle(at: model("fashion-tiny"))
    let rule = ExitRuleDocument(
      ExitRule(module: .confidence(ConfidenceThreshold(threshold: 1))))
    let policy: [String: Any] = [
      "schema": PolicyDocument.currentSchema, "strategy": "hi", "temperatures": [1],
      "exits": [try json(rule)], "local": try json(ModelIdentity(bundle)),
      "calibration": [
        "dataset": "fashion-mnist", "split": "calibration", "samples": 1,
        "classes": bundle.manifest.classes,
      ],
    ]
    try JSONSerialization.data(withJSONObject: policy)
      .write(to: URL(filePath: self.policy))
    func json(_ value: some Encodable) throws -> Any {
      try JSONSerialization.jsonObject(with: JSONEncoder().encode(value))
    }
  }

  /// Who answered, and why not the remote model where it was not it.
  struct Answer: Decodable {
    let answeredBy: String
    let failure: String?
  }

  /// Classifies it with a remote model at a URL.
  func classify(remote: String, _ options: [String] = []) async throws -> Answer {
    struct Answers: Decodable { let answers: [Answer] }
    let result = try await run(remote: remote, options + ["--json"])
    guard let answer = try? JSONDecoder().decode(Answers.self, from: Data(result.output.utf8))
    else { return Answer(answeredBy: "nobody", failure: result.errors) }
    return answer.answers[0]
  }

  /// Runs `hi classify` with a remote model at a URL.
  func run(remote: String, _ options: [String] = []) async throws -> Command.Result {
    try await Command.run(
      [
        "classify", folder.file("noise.npy"), "--local", model("fashion-tiny"), "--remote", remote,
        "--policy", policy, "--deadline", "20000",
      ] + options)
  }
}
