import Foundation
import Testing

/// The loop that a user walks: record, calibrate, evaluate, plan.
@Suite struct PlanningCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func record(_ name: String, split: String, samples: Int, out: String) async throws {
    let result = try await Command.run(
      "trace", "record", "--model", model(name), "--data", "fashion-mnist", "--split", split,
      "--samples", "\(samples)", "--out", folder.file(out))
    #expect(result.status == 0, "\(result.errors)")
  }

  private func recordBoth(split: String, samples: Int) async throws {
    try await record("fashion-tiny-ee", split: split, samples: samples, out: "\(split)-l.hitrace")
    try await record("fashion-remote", split: split, samples: samples, out: "\(split)-r.hitrace")
  }

  private func calibrate(_ options: String...) async throws -> Command.Result {
    try await Command.run(
      [
        "calibrate", "--local", folder.file("calibration-l.hitrace"), "--remote",
        folder.file("calibration-r.hitrace"), "--out", folder.file("policy.json"),
      ] + options)
  }

  @Test func aRequirementIsMetGuaranteedOrRefused() async throws {
    try await recordBoth(split: "calibration", samples: 1200)
    let met = try await calibrate("--min-accuracy", "0.92", "--objective", "offload-fraction")
    #expect(met.status == 0, "\(met.errors)")
    let policy = try String(contentsOfFile: folder.file("policy.json"), encoding: .utf8)
    #expect(policy.contains("\"minimumAccuracy\" : 0.92"))
    #expect(policy.contains("\"strategy\" : \"joint\""))
    #expect(policy.contains("sha256:"))

    let certain = try await calibrate("--min-accuracy", "0.85", "--confidence", "0.95")
    #expect(certain.status == 0, "\(certain.errors)")
    #expect(certain.output.contains("drawn from the same distribution"), "\(certain.output)")

    let front = try await Command.run(
      "calibrate", "--local", folder.file("calibration-l.hitrace"), "--remote",
      folder.file("calibration-r.hitrace"), "--pareto", "--json")
    #expect(front.status == 0, "\(front.errors)")
    struct Front: Decodable {
      struct Row: Decodable {
        let accuracy: Double
        let offloadFraction: Double
      }
      let strategies: [Row]
    }
    let rows = try JSONDecoder().decode(Front.self, from: Data(front.output.utf8)).strategies
    #expect(rows.count > 2)
    for (one, next) in zip(rows, rows.dropFirst()) {
      #expect(one.accuracy < next.accuracy && one.offloadFraction < next.offloadFraction)
    }

    try FileManager.default.removeItem(atPath: folder.file("policy.json"))
    for options in [
      ["--min-accuracy", "0.999"], ["--min-accuracy", "0.97", "--confidence", "0.95"],
    ] {
      let refused = try await Command.run(
        [
          "calibrate", "--local", folder.file("calibration-l.hitrace"), "--remote",
          folder.file("calibration-r.hitrace"), "--out", folder.file("policy.json"),
        ] + options)
      #expect(refused.status == 1)
      #expect(refused.errors.contains("nearest"), "\(refused.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.file("policy.json")))
    }
  }

  @Test(arguments: [
    ["--halvings", "0"], ["--model", "resnet9"], ["--samples", "10"], ["--margin", "-1"],
    ["--local", "a"], ["--decisions", "--tuned", "x=a"],
    ["--decisions", "--local", "a", "--tuned", "a"],
    ["--decisions", "--local", "a", "--local", "b", "--tuned", "x=a"],
  ])
  func aComparisonThatCannotBeIsWrongUsage(options: [String]) async throws {
    let result = try await Command.run(["compare"] + options)
    #expect(result.status == 64, "\(result.errors)")
  }

  @Test func aPolicyWithASecondLookIsRefusedWithoutIt() async throws {
    let look = try await Command.run(
      "trace", "record", "--model", model("fashion-tiny-ee"), "--data", "fashion-mnist", "--split",
      "calibration", "--samples", "1200", "--second-look", "--out",
      folder.file("calibration-l.hitrace"))
    #expect(look.status == 0, "\(look.errors)")
    try await record(
      "fashion-remote", split: "calibration", samples: 1200, out: "calibration-r.hitrace")
    let made = try await calibrate("--min-accuracy", "0.92", "--objective", "offload-fraction")
    #expect(made.status == 0, "\(made.errors)")
    let policy = try String(contentsOfFile: folder.file("policy.json"), encoding: .utf8)
    #expect(policy.contains("\"secondLook\" : true"))
    try await record("fashion-tiny-ee", split: "calibration", samples: 1200, out: "plain.hitrace")
    for (trace, status) in [("calibration-l.hitrace", Int32(0)), ("plain.hitrace", 1)] {
      let evaluated = try await Command.run(
        "evaluate", "--local", folder.file(trace), "--remote",
        folder.file("calibration-r.hitrace"), "--policy", folder.file("policy.json"))
      #expect(evaluated.status == status, "\(evaluated.errors)")
      // The right trace is that which chose the policy.
      #expect(evaluated.errors.contains(status == 0 ? "flatter it" : "with a second look"))
    }
  }

  @Test(arguments: [
    ["--confidence", "0.9"], ["--pareto"], ["--min-accuracy", "1.5"], ["--strategy", "remote"],
    ["--objective", "speed"], ["--decision", "margin", "--features", "all-exits"],
  ])
  func wrongUsageHasStatus64(options: [String]) async throws {
    let result = try await Command.run(
      ["calibrate", "--local", "a", "--remote", "b", "--out", "c"] + options)
    #expect(result.status == 64, "\(result.errors)")
  }

  @Test func aPlanNamesAWinnerAndRefusesTheSamplesThatChose() async throws {
    try await recordBoth(split: "calibration", samples: 800)
    try await recordBoth(split: "test", samples: 800)
    let profile = """
      {"device": "bench", "link": "loopback", "model": "fashion-tiny-ee", "notes": [],
       "exits": [{"latencyMs": 0.02, "energyMj": 0.1}, {"latencyMs": 0.05, "energyMj": 0.2}],
       "decision": {"latencyMs": 0, "energyMj": 0},
       "offload": {"latencyMs": 10, "energyMj": 30},
       "latencySource": "modelled", "energySource": "modelled"}
      """
    try Data(profile.utf8).write(to: URL(filePath: folder.file("profile.json")))
    func plan(testSplit: String) async throws -> Command.Result {
      try await Command.run(
        "plan", "--local", folder.file("calibration-l.hitrace"), "--remote",
        folder.file("calibration-r.hitrace"), "--test-local", folder.file("\(testSplit)-l.hitrace"),
        "--test-remote", folder.file("\(testSplit)-r.hitrace"), "--profile",
        folder.file("profile.json"), "--max-latency", "2", "--objective", "accuracy", "--json")
    }
    let planned = try await plan(testSplit: "test")
    #expect(planned.status == 0, "\(planned.errors)")
    struct Plan: Decodable {
      struct Answer: Decodable {
        struct Option: Decodable {
          let strategy: String
          let accuracy: Double
          let lpiMs: Double
        }
        let options: [Option]
        let winner: Option
      }
      let answers: [Answer]
    }
    let answer = try #require(
      JSONDecoder().decode(Plan.self, from: Data(planned.output.utf8)).answers.first)
    #expect(answer.winner.lpiMs <= 2)
    // The remote model is the most accurate and five times too slow; offloading some beats none.
    let onDevice = try #require(answer.options.first { $0.strategy == "on-device" })
    #expect(answer.winner.accuracy > onDevice.accuracy)
    #expect(Set(answer.options.map(\.strategy)).count == 6)

    let refused = try await plan(testSplit: "calibration")
    #expect(refused.status == 1)
    #expect(refused.errors.contains("share 800 samples"), "\(refused.errors)")
  }

  @Test func thePaperIsRecomputedFromItsOwnFigures() async throws {
    let result = try await Command.run("paper", "--json")
    #expect(result.status == 0, "\(result.errors)")
    struct Report: Decodable {
      struct Section: Decodable {
        struct Row: Decodable {
          let label: String
          let published: Double?
          let recomputed: Double?
        }
        let id: String
        let rows: [Row]
      }
      let tables: [Section]
      let figures: [Section]
    }
    let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
    #expect(report.tables.map(\.id) == (3...8).map { "Table \($0)" })
    #expect(report.figures.map(\.id) == [1, 3, 4, 5, 7].map { "Figure \($0)" })
    // 1.63 ms + 0.2157 x 9.68 ms, beside Table 6's 3.82 ms.
    let row = try #require(
      report.tables[3].rows.first { $0.label.contains("ResNet-8 on Raspberry Pi 4B, HI") })
    #expect(row.published == 3.82)
    #expect(abs(try #require(row.recomputed) - 3.717976) < 1e-6)
  }

  @Test func importedAnswersBecomeATrace() async throws {
    // Two samples of three classes as version 1.0 .npy files, written by hand.
    func npy(_ descriptor: String, _ shape: String, _ body: Data) -> Data {
      var header = "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': \(shape), }"
      header += String(repeating: " ", count: 63 - (10 + header.count) % 64) + "\n"
      return Data([0x93]) + Data("NUMPY".utf8)
        + Data([1, 0, UInt8(header.count & 0xFF), UInt8(header.count >> 8)])
        + Data(header.utf8) + body
    }
    func floats(_ values: [Float]) -> Data {
      Data(
        values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init) })
    }
    try npy("|u1", "(2,)", Data([1, 2])).write(to: URL(filePath: folder.file("y.npy")))
    let bodies: [(String, [Float], String?)] = [
      ("right.npy", [0.25, 0.5, 0.25, 0.7, 0.2, 0.1], nil),
      ("nan.npy", [0.25, .nan, 0.25, 0.7, 0.2, 0.1], "sample 0"),
      ("infinite.npy", [0.25, 0.5, 0.25, 0.7, .infinity, 0.1], "sample 1"),
      ("negative.npy", [0.25, 0.5, 0.25, -0.1, 0.9, 0.2], "sample 1"),
      ("sum.npy", [0.25, 0.5, 0.5, 0.7, 0.2, 0.1], "sample 0"),
    ]
    for (name, values, complaint) in bodies {
      try npy("<f4", "(2, 3)", floats(values)).write(to: URL(filePath: folder.file(name)))
      let result = try await Command.run(
        "trace", "import", "--labels", folder.file("y.npy"), "--exit", folder.file(name), "--name",
        "mine", "--data", "made-up", "--out", folder.file("\(name).hitrace"), "--json")
      if let complaint {
        #expect(result.status == 1, "\(name)")
        #expect(result.errors.contains(complaint) && result.errors.contains(name))
      } else {
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("\"accuracy\" : 0.5"))
      }
    }
  }
}
