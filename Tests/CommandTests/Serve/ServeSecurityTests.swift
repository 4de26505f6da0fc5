#if OpenInference
  import Foundation
  import TestCertificates
  import Testing

  /// `hi serve` behind TLS and tokens, and `hi classify` before it, with certificates of `openssl`.
  @Suite(.timeLimit(.minutes(3))) struct ServeSecurityTests {
    private let files = try! TestCertificates()
    private let folder = try! TemporaryFolder()
    private let picture = try! OffloadedPicture()
    private let token = "a-token-of-thirty-two-characters"

    private func start(_ options: [String]) async throws -> (RunningCommand, Listening) {
      try await RunningCommand.serve(
        [model("fashion-remote"), "--workers", "1"] + Listening.ports + options)
    }

    private func write(_ text: String) throws -> String {
      let path = folder.file(UUID().uuidString)
      try Data(text.utf8).write(to: URL(filePath: path))
      return path
    }

    private var identity: [String] { identity("server") }

    private func identity(_ name: String) -> [String] {
      ["--tls-cert", files.certificate(name), "--tls-key", files.key(name)]
    }

    private func trust(_ authority: String) -> [String] {
      ["--tls-ca", files.certificate(authority)]
    }

    @Test func aTokenOverTLSOpensEveryProtocolAndNothingElseDoes() async throws {
      let accepted = try write("# the first device\n\(token)\n")
      let (server, listening) = try await start(identity + ["--token-file", accepted])
      let wrong = try write(String(token.reversed()))
      for url in Listening.frontEnds.map(listening.url) {
        let known = try await picture.classify(
          remote: url, trust("ca") + ["--token-file", accepted])
        #expect(known.answeredBy == "remote", "\(url): \(known.failure ?? "")")
        for options in [trust("ca"), trust("ca") + ["--token-file", wrong]] {
          let answer = try await picture.classify(remote: url, options)
          #expect(answer.answeredBy == "fallback", "\(url) with \(options)")
          #expect(answer.failure == "it wants other credentials", "\(url) with \(options)")
        }
        for options in [
          trust("other") + ["--token-file", accepted], ["--token-file", accepted],
        ] {
          let answer = try await picture.classify(remote: url, options)
          #expect(answer.answeredBy == "fallback", "\(url) with \(options)")
        }
      }
      #expect(try await server.end(SIGTERM) == 0)
    }

    @Test func aHangupReadsTheTokensAgain() async throws {
      let file = try write(token)
      let (server, listening) = try await start(["--token-file", file])
      let (old, new) = (try write(token), try write("another-token-of-many-characters"))
      func whoAnswers(_ tokens: String) async throws -> [String] {
        var names: [String] = []
        for url in Listening.frontEnds.map(listening.url) {
          names.append(
            try await picture.classify(remote: url, ["--token-file", tokens]).answeredBy)
        }
        return names
      }
      #expect(try await whoAnswers(old) == ["remote", "remote", "remote"])
      #expect(try await whoAnswers(new) == ["fallback", "fallback", "fallback"])

      try Data("another-token-of-many-characters\n".utf8).write(to: URL(filePath: file))
      kill(server.process.processIdentifier, SIGHUP)
      #expect(try await !server.errorLine(saying: "1 token").isEmpty)
      #expect(try await whoAnswers(new) == ["remote", "remote", "remote"])
      #expect(try await whoAnswers(old) == ["fallback", "fallback", "fallback"])

      try Data("short\n".utf8).write(to: URL(filePath: file))
      kill(server.process.processIdentifier, SIGHUP)
      #expect(try await !server.errorLine(saying: "still accepted").isEmpty)
      #expect(try await whoAnswers(new) == ["remote", "remote", "remote"])
      #expect(try await server.end(SIGTERM) == 0)
    }

    @Test func aClientCertificateIsAskedForOnEveryPort() async throws {
      let (server, listening) = try await start(
        identity + ["--tls-client-ca", files.certificate("ca")])
      func show(_ name: String) -> [String] {
        trust("ca") + ["--tls-cert", files.certificate(name), "--tls-key", files.key(name)]
      }
      for url in Listening.frontEnds.map(listening.url) {
        let known = try await picture.classify(remote: url, show("client"))
        #expect(known.answeredBy == "remote", "\(url): \(known.failure ?? "")")
        for options in [trust("ca"), show("stranger")] {
          let answer = try await picture.classify(remote: url, options)
          #expect(answer.answeredBy == "fallback", "\(url) with \(options)")
        }
      }
      #expect(try await server.end(SIGTERM) == 0)
    }

    @Test(arguments: [
      ([], "--tls-cert"), (["--token-file", "TOKENS"], "--tls-cert"),
      (["TLS"], "--token-file"),
      (["TLS", "--token-file", "TOKENS", "--raw-port", "0"], "raw port"),
    ])
    func anOpenAddressIsRefused(options: [String], saying words: String) async throws {
      let tokens = try write(token)
      let result = try await Command.run(
        ["serve", model("fashion-remote"), "--port", "0", "--host", "0.0.0.0"]
          + options.flatMap { $0 == "TLS" ? identity : [$0 == "TOKENS" ? tokens : $0] })
      #expect(result.status == 1)
      #expect(result.errors.contains(words) && result.errors.contains("--insecure"))
      #expect(result.errors.split(separator: "\n").count == 1, "one sentence: \(result.errors)")
    }

    @Test func anOpenAddressIsServedOnRequestWithAWarning() async throws {
      let (server, _) = try await start(["--host", "0.0.0.0", "--insecure"])
      #expect(try await server.errorLine().hasPrefix("warning: "))
      #expect(try await server.end(SIGTERM) == 0)
    }

    @Test(arguments: [("expired", "expired on"), ("ending", "expires on"), ("server", nil)])
    func aCertificateThatClientsRefuseOrSoonWillIsAWarning(
      name: String, saying words: String?
    ) async throws {
      let (server, _) = try await start(identity(name))
      if let words {
        let line = try await server.errorLine()
        #expect(line.hasPrefix("warning: ") && line.contains(words), "\(line)")
        #expect(line.contains(files.certificate(name)) && line.contains("renew it"))
      }
      #expect(try await server.end(SIGTERM) == 0)
      #expect(try await server.errorLine().hasPrefix("stopped after"))
    }

    @Test(arguments: [
      ["--tls-cert", "a.pem"], ["--tls-key", "a.key"], ["--tls-client-ca", "a.pem"],
      ["--max-connections", "0"], ["--max-frame-bytes", "10"], ["--idle-timeout", "0"],
    ])
    func wrongUsageHasStatus64(options: [String]) async throws {
      let result = try await Command.run(["serve", model("fashion-remote")] + options)
      #expect(result.status == 64)
      #expect(result.errors.contains(options[0]))
    }

    @Test(arguments: [
      (["--tls-cert", "none.pem", "--tls-key", "none.key"], "no such file"),
      (["--token-file", "none.txt"], "none.txt"),
    ])
    func aFileThatIsNotThereIsNamed(options: [String], saying words: String) async throws {
      let result = try await Command.run(["serve", model("fashion-remote")] + options)
      #expect(result.status == 1)
      #expect(result.errors.contains(words))
      #expect(result.errors.split(separator: "\n").count == 1, "one sentence: \(result.errors)")
    }

    @Test func optionsOfTLSNeedAURLOfIt() async throws {
      let result = try await picture.run(remote: "hi://127.0.0.1:9", trust("ca"))
      #expect(result.status == 64)
      #expect(result.errors.contains("his://"))
    }
  }
#endif
