import Foundation
import HIPlanning
import HierarchicalInference
import Testing

/// Spans of real processes, read by OpenTelemetry's own protocol buffers.
@Suite struct TracingTests {
  private static let python = Command.package.appending(path: ".deps/interop-venv/bin/python")

  private func serve(_ arguments: String...) async throws -> (RunningCommand, Listening) {
    try await RunningCommand.serve(arguments + Listening.ports)
  }

  private func read(_ arguments: String...) async throws -> String {
    let output = Pipe()
    let script = Process()
    script.executableURL = Self.python
    script.arguments =
      [Command.package.appending(path: "Tests/Interoperability/spans.py").path] + arguments
    script.standardOutput = output
    script.standardError = output
    try script.run()
    return try await offTheCooperativePool {
      let data = output.fileHandleForReading.readDataToEndOfFile()
      script.waitUntilExit()
      return String(decoding: data, as: UTF8.self)
    }
  }

  /// A policy that offloads what is below a confidence, to a model that is known by its digest.
  private func policy(
    in folder: TemporaryFolder, below threshold: Float, remoteDigest: String? = nil
  ) async throws -> String {
    if !FileManager.default.fileExists(atPath: folder.file("base.json")) {
      for (name, out) in [("fashion-tiny", "l"), ("fashion-remote", "r")] {
        let recorded = try await Command.run(
          "trace", "record", "--model", model(name), "--data", "fashion-mnist", "--split",
          "calibration", "--samples", "300", "--out", folder.file(out))
        #expect(recorded.status == 0, "\(recorded.errors)")
      }
      let calibrated = try await Command.run(
        "calibrate", "--local", folder.file("l"), "--remote", folder.file("r"), "--out",
        folder.file("base.json"))
      #expect(calibrated.status == 0, "\(calibrated.errors)")
    }
    var document = try PolicyDocument(path: folder.file("base.json"))
    document.exits = [
      ExitRuleDocument(
        ExitRule(module: .confidence(ConfidenceThreshold(threshold: threshold))))
    ]
    if let remoteDigest { document.remote?.digest = remoteDigest }
    let file = folder.file("\(UUID().uuidString).json")
    try document.write(path: file)
    return file
  }

  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: python.path),
      "scripts/setup-interop makes its environment"), arguments: Listening.frontEnds)
  func aTraceGoesFromTheDeviceThroughTheEdgeToTheCloud(frontEnd: String) async throws {
    let folder = try TemporaryFolder()
    let (cloud, cloudPlace) = try await serve(
      model("fashion-remote"), "--trace-export", folder.file("cloud.jsonl"))
    let (edge, edgePlace) = try await serve(
      model("fashion-tiny"), "--policy", policy(in: folder, below: 0.8), "--upstream",
      cloudPlace.url(frontEnd), "--upstream-deadline", "20000", "--trace-export",
      folder.file("edge.jsonl"), "--trace-sample", "0")
    let run = try await Command.run(
      "run", "--local", model("fashion-tiny"), "--remote", edgePlace.url(frontEnd), "--policy",
      policy(in: folder, below: 0.95, remoteDigest: edgePlace.digest), "--data", "fashion-mnist",
      "--samples", "200", "--deadline", "30000", "--trace-export", folder.file("device.jsonl"),
      "--concurrency", "3")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors == "")
    #expect(try await edge.end(SIGTERM) == 0)
    #expect(try await cloud.end(SIGTERM) == 0)
    let read = try await read(
      "tiers", folder.file("device.jsonl"), folder.file("edge.jsonl"), folder.file("cloud.jsonl"),
      frontEnd)
    // What one offloads is what the other is asked; the shares are the policies' and not looked at.
    let form = #/200 traces, ([0-9]+) with the edge, ([0-9]+) with the cloud\n/#
    let counts = try #require(read.wholeMatch(of: form), "\(read)")
    let (asked, escalated) = (try #require(Int(counts.1)), try #require(Int(counts.2)))
    #expect(0 < escalated && escalated < asked && asked < 200)
  }

  @Test func aShareOfTheTracesIsExportedWhole() async throws {
    let folder = try TemporaryFolder()
    let (server, place) = try await serve(
      model("fashion-remote"), "--trace-export", folder.file("server.jsonl"))
    let run = try await Command.run(
      "run", "--local", model("fashion-tiny"), "--remote", place.remote, "--policy",
      policy(in: folder, below: 1.1), "--data", "fashion-mnist", "--samples", "600", "--deadline",
      "30000", "--trace-export", folder.file("device.jsonl"), "--trace-sample", "0.2")
    #expect(run.status == 0, "\(run.errors)")
    #expect(try await server.end(SIGTERM) == 0)
    let device = try traces(folder.file("device.jsonl"))
    // Six standard deviations of a binomial with 600 draws.
    #expect((61...179).contains(device.count))
    #expect(device.values.allSatisfy { $0 == ["classify": 1, "offload": 1, "stage 1": 1] })
    let served = try traces(folder.file("server.jsonl"))
    // The server records what the device does, and nothing that it does not.
    #expect(Set(served.keys) == Set(device.keys))
    #expect(served.values.allSatisfy { $0 == ["hi/infer": 1, "queue": 1, "inference": 1] })
  }

  @Test func aServerThatIsGoneIsTheReasonInTheTrace() async throws {
    let folder = try TemporaryFolder()
    let run = try await Command.run(
      "classify", Self.picture, "--local", model("fashion-tiny"), "--remote", "hi://127.0.0.1:1",
      "--policy", policy(in: folder, below: 1.1), "--trace-export", folder.file("s.jsonl"))
    #expect(run.status == 0, "\(run.errors)")
    let text = try String(contentsOfFile: folder.file("s.jsonl"), encoding: .utf8)
    #expect(
      text.contains(#"{"key":"hi.fallback.reason","value":{"stringValue":"unreachable"}}"#),
      "\(text)"
    )
    #expect(text.contains(#"{"key":"error.type","value":{"stringValue":"unreachable"}}"#))
  }

  @Test func aSignalLosesNeitherSpansNorRecords() async throws {
    let folder = try TemporaryFolder()
    let (server, place) = try await serve(model("fashion-remote"))
    let spans = folder.file("device.jsonl")
    let record = folder.file("run.hirecord")
    let device = try RunningCommand(
      "run", "--local", model("fashion-tiny"), "--remote", place.remote, "--policy",
      try await policy(in: folder, below: 0.9), "--data", "fashion-mnist", "--trace-export", spans,
      "--record", record)
    // As soon as it is under way.
    let limit = ContinuousClock.now + .seconds(60)
    while await SQLiteFile.number(record, "SELECT count(*) FROM event") ?? 0 == 0, .now < limit {
      await Task.yield()
    }
    #expect(try await device.end(SIGTERM) == -SIGTERM)
    let records = try #require(await SQLiteFile.number(record, "SELECT count(*) FROM event"))
    #expect(0 < records && records < 10_000)
    // Spans wait for up to a second; a sample's ends before its record is made.
    #expect(try traces(spans).count >= records)
    #expect(!FileManager.default.fileExists(atPath: record + "-wal"))
    #expect(try await server.end(SIGTERM) == 0)
  }

  private static let picture =
    Command.package.appending(path: "Tests/HIDataTests/Fixtures/Images/grey.png").path

  #if OpenInference
    @Test(
      .enabled(
        if: FileManager.default.fileExists(atPath: python.path),
        "scripts/setup-interop makes its environment"))
    func aCollectorGetsTheSpansOverHTTP() async throws {
      let collector = Process()
      let output = Pipe()
      collector.executableURL = Self.python
      collector.arguments = [
        Command.package.appending(path: "Tests/Interoperability/spans.py").path, "collect",
      ]
      collector.standardOutput = output
      // It ends when its input does, so that it never outlives this process.
      collector.standardInput = Pipe()
      try collector.run()
      // Other tests ignore SIGTERM in this process, and so does what it starts.
      defer { kill(collector.processIdentifier, SIGKILL) }
      let lines = LineReader(output)
      let port = try #require(try await Int(lines.next()))
      let run = try await Command.run(
        "classify", Self.picture, Self.picture, "--local", model("fashion-tiny"), "--trace-export",
        "http://127.0.0.1:\(port)")
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.errors == "")
      #expect(try await lines.next() == "hi classify: 2 samples")
    }

    @Test func aCollectorThatIsNotThereCostsSpansAndNoAnswer() async throws {
      let run = try await Command.run(
        "classify", Self.picture, "--local", model("fashion-tiny"), "--trace-export",
        "http://127.0.0.1:1")
      #expect(run.status == 0)
      #expect(run.output.contains("grey.png"))
      #expect(
        run.errors.contains("2 spans are lost. The collector at http://127.0.0.1:1/v1/traces"))
    }
  #endif

  @Test(arguments: [
    ["--trace-sample", "0.5"], ["--trace-export", "f", "--trace-sample", "1.5"],
    ["--trace-export", "f", "--trace-sample", "-0.1"],
  ])
  func wrongOptionsAreRefused(options: [String]) async throws {
    let result = try await Command.run(
      ["classify", Self.picture, "--local", model("fashion-tiny")] + options)
    #expect(result.status == 64)
    #expect(result.errors.contains("--trace-sample"), "\(result.errors)")
  }

  /// How many spans of each name every trace of a file has.
  private func traces(_ file: String) throws -> [String: [String: Int]] {
    struct Document: Decodable {
      struct Resource: Decodable { let scopeSpans: [Scope] }
      struct Scope: Decodable { let spans: [Span] }
      struct Span: Decodable {
        let name: String
        let traceId: String
      }
      let resourceSpans: [Resource]
    }
    var traces: [String: [String: Int]] = [:]
    for line in try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n") {
      let document = try JSONDecoder().decode(Document.self, from: Data(line.utf8))
      for span in document.resourceSpans.flatMap(\.scopeSpans).flatMap(\.spans) {
        traces[span.traceId, default: [:]][span.name, default: 0] += 1
      }
    }
    return traces
  }
}

/// The lines of a pipe, one after the other.
///
/// Unchecked: one test reads it, one line after the other.
private final class LineReader: @unchecked Sendable {
  private let pipe: Pipe

  init(_ pipe: Pipe) { self.pipe = pipe }

  func next() async throws -> String {
    try await offTheCooperativePool {
      var bytes = Data()
      while let byte = try? self.pipe.fileHandleForReading.read(upToCount: 1), !byte.isEmpty,
        byte.first != UInt8(ascii: "\n")
      {
        bytes += byte
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }
}
