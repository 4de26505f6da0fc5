#if OpenInference
  import Foundation
  import Testing

  /// Other people's clients against `hi serve`.
  @Suite struct InteroperabilityTests {
    private struct Listening: Decodable {
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

    @Test(arguments: ["--http-port", "--grpc-port"])
    func aPortThatIsNoneIsRefused(option: String) async throws {
      let result = try await Command.run("serve", model("fashion-remote"), option, "65536")
      #expect(result.status == 64)
      #expect(result.errors.contains("\(option) is from 0 to 65535, not 65536."))
    }
  }
#endif
