import Foundation
import Testing

/// Several servers, recordings, and servers that are themselves hierarchical: real processes throughout.
@Suite struct TierTests {
  private struct Report: Decodable {
    struct Row: Decodable {
      let samples: Int
      let accuracy: Double
      let offloadFraction: Double
      let answeredBy: [String: Double]
      let fallbackReasons: [String: Int]?
    }
    let strategies: [Row]
  }

  private func run(_ arguments: String...) async throws -> Report.Row {
    let result = try await Command.run(["run"] + arguments + ["--data", "fashion-mnist", "--json"])
    try #require(result.status == 0, "\(result.errors)")
    return try #require(
      JSONDecoder().decode(Report.self, from: Data(result.output.utf8)).strategies.first)
  }

  /// A policy that offloads some samples.
  private func policy(in folder: TemporaryFolder, remote: String...) async throws -> String {
    let traces = ["--data", "fashion-mnist", "--split", "calibration", "--samples", "1000"]
    var result = try await Command.run(
      ["trace", "record", "--model", model("fashion-tiny"), "--out", folder.file("l")] + traces)
    #expect(result.status == 0, "\(result.errors)")
    result = try await Command.run(
      ["trace", "record", "--out", folder.file("r")] + remote + traces)
    #expect(result.status == 0, "\(result.errors)")
    let file = folder.file("\(UUID().uuidString).json")
    result = try await Command.run(
      "calibrate", "--local", folder.file("l"), "--remote", folder.file("r"), "--min-accuracy",
      "0.945", "--objective", "offload-fraction", "--out", file)
    #expect(result.status == 0, "\(result.errors)")
    return file
  }

  @Test func oneOfTwoServersIsEnoughAndAnotherModelIsRefused() async throws {
    let folder = try TemporaryFolder()
    let policy = try await policy(in: folder, remote: "--model", model("fashion-remote"))
    let (server, listening) = try await RunningCommand.serve(model("fashion-remote"))
    let both = try await run(
      "--local", model("fashion-tiny"), "--remote", "hi://127.0.0.1:1", "--remote",
      listening.remote, "--policy", policy, "--samples", "500", "--hedge", "--max-concurrent", "4",
      "--request-timeout", "5000", "--deadline", "20000")
    #expect(both.samples == 500)
    #expect(both.offloadFraction > 0)
    #expect(both.answeredBy["remote"] == both.offloadFraction)
    #expect(both.fallbackReasons == nil)

    let (other, wrong) = try await RunningCommand.serve(model("fashion-tiny"))
    let refused = try await Command.run(
      "run", "--local", model("fashion-tiny"), "--remote", listening.remote, "--remote",
      wrong.remote, "--policy", policy, "--data", "fashion-mnist", "--samples", "10")
    #expect(refused.status == 1)
    #expect(refused.errors.contains("serves 'fashion-tiny'"), "\(refused.errors)")
    #expect(refused.errors.contains(wrong.digest.prefix(19)), "\(refused.errors)")
    #expect(try await server.end(SIGTERM) == 0)
    #expect(try await other.end(SIGTERM) == 0)
  }

  @Test func threeTiersAreThreeRunsOfTheSameCode() async throws {
    let folder = try TemporaryFolder()
    let edgePolicy = try await policy(in: folder, remote: "--model", model("fashion-remote"))
    let (cloud, cloudPlace) = try await RunningCommand.serve(model("fashion-remote"))
    let (edge, edgePlace) = try await RunningCommand.serve(
      model("fashion-tiny"), "--policy", edgePolicy, "--upstream", cloudPlace.remote,
      "--upstream-deadline", "20000", "--record", folder.file("edge.hirecord"))
    #expect(edgePlace.digest != cloudPlace.digest)

    // The device's policy is calibrated on what the edge answers, and bound to it.
    let devicePolicy = try await policy(
      in: folder, remote: "--model", model("fashion-tiny"), "--remote", edgePlace.remote)
    let device = try await run(
      "--local", model("fashion-tiny"), "--remote", edgePlace.remote, "--policy", devicePolicy,
      "--samples", "500", "--deadline", "20000")
    #expect(device.answeredBy["fallback"] == 0)
    #expect(device.answeredBy["remote"] == device.offloadFraction)
    #expect(device.offloadFraction > 0)

    // The cloud goes: the edge's own answer stands in, and the device sees an answer as before.
    #expect(try await cloud.end(SIGKILL) == -SIGKILL)
    let without = try await run(
      "--local", model("fashion-tiny"), "--remote", edgePlace.remote, "--policy", devicePolicy,
      "--samples", "500", "--deadline", "20000")
    #expect(without.answeredBy["remote"] == device.answeredBy["remote"])
    #expect(try await edge.end(SIGTERM) == 0)
    let edgeRecord = folder.file("edge.hirecord")
    let upstream = try #require(
      await count(edgeRecord, "answeredBy = 'remote' AND reason = 'offloaded'"))
    let alone = try #require(
      await count(edgeRecord, "answeredBy = 'fallback' AND reason != 'offloaded'"))
    #expect(upstream > 0)
    #expect(alone > 0)
    let calibrated = try await Command.run(
      "calibrate", "--recording", folder.file("edge.hirecord"), "--out", folder.file("p"))
    #expect(calibrated.status == 1)
    #expect(calibrated.errors.contains("hi run --shadow"), "\(calibrated.errors)")
  }

  @Test func aRecordingSurvivesKillAndCalibratesAPolicy() async throws {
    let folder = try TemporaryFolder()
    let policy = try await policy(in: folder, remote: "--model", model("fashion-remote"))
    let (server, listening) = try await RunningCommand.serve(model("fashion-remote"))
    let file = folder.file("run.hirecord")
    let device = try RunningCommand(
      "run", "--local", model("fashion-tiny"), "--remote", listening.remote, "--policy", policy,
      "--data", "fashion-mnist", "--record", file, "--shadow", "1")
    // Killed in the middle: as soon as something is in the file.
    let limit = ContinuousClock.now + .seconds(60)
    var written = 0
    while written < 300, .now < limit {
      written = await count(file) ?? 0
      await Task.yield()
    }
    #expect(try await device.end(SIGKILL) == -SIGKILL)
    #expect(written >= 300)
    let left = try #require(await count(file))
    #expect(left >= written)
    let calibrated = try await Command.run(
      "calibrate", "--recording", file, "--min-accuracy", "0.93", "--objective",
      "offload-fraction", "--out", folder.file("p.json"))
    #expect(calibrated.status == 0, "\(calibrated.errors)")

    // It goes on in the same file, and a policy made of it runs.
    let again = try await run(
      "--local", model("fashion-tiny"), "--remote", listening.remote, "--policy",
      folder.file("p.json"), "--samples", "100", "--record", file)
    #expect(again.samples == 100)
    #expect(await count(file) == left + 100)
    #expect(try await server.end(SIGTERM) == 0)
  }

  /// How many samples a recording holds, as Python's SQLite reads it; nil where it is none, or not whole.
  private func count(_ file: String, _ condition: String = "1") async -> Int? {
    await SQLiteFile.number(file, "SELECT count(*) FROM event WHERE \(condition)")
  }
}
