#if OpenInference
  import Foundation
  import HIPlanning
  import HierarchicalInference
  import Testing

  #if canImport(FoundationNetworking)
    import FoundationNetworking
  #endif

  /// Other people's clients against `hi serve`.
  @Suite struct InteroperabilityTests {
    static let python = Command.package.appending(path: ".deps/interop-venv/bin/python")

    @Test(
      "tritonclient works over HTTP and gRPC",
      .enabled(
        if: FileManager.default.fileExists(atPath: python.path),
        "scripts/setup-interop makes its environment"))
    func tritonclientWorks() async throws {
      let (server, listening) = try await RunningCommand.serve(
        [model("fashion-remote")] + Listening.ports)

      #expect(
        try await Self.outcome(
          of: "open_inference.py", "\(listening.httpPort ?? 0)", "\(listening.grpcPort ?? 0)",
          listening.model, "image", "28", "28") == "tritonclient agrees over HTTP and gRPC\n")
      #expect(try await server.end(SIGTERM) == 0)
    }

    @Test(
      "prometheus_client reads the metrics",
      .enabled(
        if: FileManager.default.fileExists(atPath: python.path),
        "scripts/setup-interop makes its environment"))
    func prometheusClientReadsTheMetrics() async throws {
      let (server, listening) = try await RunningCommand.serve(
        [model("fashion-remote"), "--workers", "1"] + Listening.ports)
      #expect(
        try await Self.outcome(of: "metrics.py", "\(listening.httpPort ?? 0)", listening.model)
          == "prometheus_client agrees\n")
      #expect(try await server.end(SIGTERM) == 0)
    }

    /// What a script of the interoperability environment says.
    private static func outcome(of script: String, _ arguments: String...) async throws -> String {
      let output = Pipe()
      let client = Process()
      client.executableURL = python
      client.arguments =
        [Command.package.appending(path: "Tests/Interoperability/\(script)").path] + arguments
      client.standardOutput = output
      client.standardError = output
      try client.run()
      return try await offTheCooperativePool {
        let data = output.fileHandleForReading.readDataToEndOfFile()
        client.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
      }
    }

    private struct Report: Decodable {
      struct Row: Decodable, Equatable {
        let accuracy: Double
        let offloadFraction: Double
        let answeredBy: [String: Double]
      }

      let strategies: [Row]
    }

    /// How many requests and samples a server has answered, by its metrics.
    private func requests(
      _ listening: Listening
    ) async throws -> (requests: Int, samples: Int) {
      let url = try #require(URL(string: listening.url("http") + "/metrics"))
      let (data, _) = try await URLSession.shared.data(from: url)
      let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
      func sum(_ name: String) -> Int {
        lines.filter { $0.hasPrefix(name + "{") }
          .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
          .reduce(0) { $0 + Int($1) }
      }
      return (sum("nv_inference_request_success"), sum("nv_inference_count"))
    }

    @Test func aRunOffloadsAlikeOverEveryProtocol() async throws {
      let folder = try TemporaryFolder()
      for (name, out) in [("fashion-tiny", "l.hitrace"), ("fashion-remote", "r.hitrace")] {
        let recorded = try await Command.run(
          "trace", "record", "--model", model(name), "--data", "fashion-mnist", "--split",
          "calibration", "--samples", "400", "--out", folder.file(out))
        #expect(recorded.status == 0, "\(recorded.errors)")
      }
      let calibrated = try await Command.run(
        "calibrate", "--local", folder.file("l.hitrace"), "--remote", folder.file("r.hitrace"),
        "--out", folder.file("policy.json"))
      #expect(calibrated.status == 0, "\(calibrated.errors)")
      // So few samples teach the regression to accept everything; a threshold offloads for certain.
      var policy = try PolicyDocument(path: folder.file("policy.json"))
      policy.exits = [
        ExitRuleDocument(
          ExitRule(module: .confidence(ConfidenceThreshold(threshold: 0.9))))
      ]
      try policy.write(path: folder.file("policy.json"))

      let (server, listening) = try await RunningCommand.serve(
        [model("fashion-remote")] + Listening.ports)
      var rows: [Report.Row] = []
      let urls = [
        listening.remote, listening.url("http"), listening.url("grpc") + "/fashion-remote",
      ]
      for options in [[], ["--group", "8", "--concurrency", "16"]] {
        let before = try await requests(listening)
        for url in urls {
          let run = try await Command.run(
            [
              "run", "--local", model("fashion-tiny"), "--remote", url, "--policy",
              folder.file("policy.json"), "--data", "fashion-mnist", "--samples", "200",
              "--deadline", "30000", "--json",
            ] + options)
          #expect(run.status == 0, "\(run.errors)")
          rows += try JSONDecoder().decode(Report.self, from: Data(run.output.utf8)).strategies
        }
        let after = try await requests(listening)
        let offloads = try #require(rows.last.map { Int(($0.offloadFraction * 200).rounded()) })
        #expect(after.samples - before.samples == 3 * offloads)
        if options.isEmpty {
          #expect(after.requests - before.requests == 3 * offloads)
        } else {
          // Over REST and gRPC a group is one request; the wire protocol has one a sample.
          #expect(after.requests - before.requests < 2 * offloads)
        }
      }
      #expect(rows.count == 6 && rows.allSatisfy { $0 == rows[0] })
      #expect((rows.first?.offloadFraction ?? 0) > 0)
      #expect(rows.first?.answeredBy["fallback"] ?? 0 == 0)

      let other = try await Command.run(
        "run", "--local", model("fashion-tiny"), "--remote",
        listening.url("http") + "/none", "--policy", folder.file("policy.json"),
        "--data", "fashion-mnist", "--samples", "10")
      #expect(other.status == 1)
      #expect(other.errors.contains("no model \"none\""), "\(other.errors)")
      #expect(try await server.end(SIGTERM) == 0)
    }

    @Test(arguments: ["--http-port", "--grpc-port"])
    func aPortThatIsNoneIsRefused(option: String) async throws {
      let result = try await Command.run("serve", model("fashion-remote"), option, "65536")
      #expect(result.status == 64)
      #expect(result.errors.contains("\(option) is from 0 to 65535, not 65536."))
    }
  }
#endif
