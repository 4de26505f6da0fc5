#if OpenInference
  import Foundation
  import HIPlanning
  import HierarchicalInference
  import Testing

  /// Other people's clients against `hi serve`.
  @Suite struct InteroperabilityTests {
    private struct Listening: Decodable {
      let remote: String
      let model: String
      let httpPort: Int
      let grpcPort: Int
    }

    static let python = Command.package.appending(path: ".deps/interop-venv/bin/python")

    @Test(
      "tritonclient works over HTTP and gRPC",
      .enabled(
        if: FileManager.default.fileExists(atPath: python.path),
        "scripts/setup-interop makes its environment"))
    func tritonclientWorks() async throws {
      let server = try RunningCommand(
        "serve", model("fashion-remote"), "--port", "0", "--http-port", "0", "--grpc-port", "0",
        "--json")
      let listening = try JSONDecoder().decode(
        Listening.self, from: Data(await server.outputLine().utf8))

      let output = Pipe()
      let client = Process()
      client.executableURL = Self.python
      client.arguments = [
        Command.package.appending(path: "Tests/Interoperability/open_inference.py").path,
        "\(listening.httpPort)", "\(listening.grpcPort)", listening.model, "image", "28", "28",
      ]
      client.standardOutput = output
      client.standardError = output
      try client.run()
      let text = try await offTheCooperativePool {
        let data = output.fileHandleForReading.readDataToEndOfFile()
        client.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
      }
      #expect(client.terminationStatus == 0, "\(text)")
      #expect(text == "tritonclient agrees over HTTP and gRPC\n")
      #expect(try await server.end(SIGTERM) == 0)
    }

    private struct Report: Decodable {
      struct Row: Decodable, Equatable {
        let accuracy: Double
        let offloadFraction: Double
        let answeredBy: [String: Double]
      }

      let strategies: [Row]
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

      let server = try RunningCommand(
        "serve", model("fashion-remote"), "--port", "0", "--http-port", "0", "--grpc-port", "0",
        "--json")
      let listening = try JSONDecoder().decode(
        Listening.self, from: Data(await server.outputLine().utf8))
      var rows: [Report.Row] = []
      for url in [
        listening.remote, "http://127.0.0.1:\(listening.httpPort)",
        "grpc://127.0.0.1:\(listening.grpcPort)/fashion-remote",
      ] {
        let run = try await Command.run(
          "run", "--local", model("fashion-tiny"), "--remote", url, "--policy",
          folder.file("policy.json"), "--data", "fashion-mnist", "--samples", "200", "--deadline",
          "30000", "--json")
        #expect(run.status == 0, "\(run.errors)")
        rows += try JSONDecoder().decode(Report.self, from: Data(run.output.utf8)).strategies
      }
      #expect(rows.count == 3 && rows.allSatisfy { $0 == rows[0] })
      #expect((rows.first?.offloadFraction ?? 0) > 0)
      #expect(rows.first?.answeredBy["fallback"] ?? 0 == 0)

      let other = try await Command.run(
        "run", "--local", model("fashion-tiny"), "--remote",
        "http://127.0.0.1:\(listening.httpPort)/none", "--policy", folder.file("policy.json"),
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
