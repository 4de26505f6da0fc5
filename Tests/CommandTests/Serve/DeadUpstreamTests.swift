#if OpenInference
  import Foundation
  import Testing

  #if canImport(FoundationNetworking)
    import FoundationNetworking
  #endif

  /// A tier whose upstream does not answer, as its metrics and its log show it.
  @Suite struct DeadUpstreamTests {
    private let picture: OffloadedPicture

    init() throws { picture = try OffloadedPicture() }

    private func serveTier(
      above upstream: String, _ options: String...
    ) async throws -> (RunningCommand, Listening) {
      try await RunningCommand.serve(
        [
          model("fashion-tiny"), "--policy", picture.policy, "--upstream", upstream, "--http-port",
          "0", "--log-format", "json",
        ] + options)
    }

    /// Sends a request of so many samples, all of which the policy offloads.
    private func classify(_ count: Int = 1, at place: Listening) async throws {
      let pixels = Array(repeating: OffloadedPicture.pixels.map { Int($0) }, count: count)
      let input: [String: Any] = [
        "name": "image", "shape": [count, 1, 28, 28], "datatype": "UINT8",
        "data": pixels.flatMap(\.self),
      ]
      let url = try #require(URL(string: place.url("http") + "/v2/models/fashion-tiny/infer"))
      var request = URLRequest(url: url)
      request.httpMethod = "POST"
      request.httpBody = try JSONSerialization.data(withJSONObject: ["inputs": [input]])
      let (data, answer) = try await URLSession.shared.data(for: request)
      #expect(
        (answer as? HTTPURLResponse)?.statusCode == 200, "\(String(decoding: data, as: UTF8.self))")
    }

    /// The tier's figures, by name and label: `hi_tier_answers_total remote`.
    private func figures(_ place: Listening) async throws -> [String: Int] {
      let url = try #require(URL(string: place.url("http") + "/metrics"))
      let (data, _) = try await URLSession.shared.data(from: url)
      var figures: [String: Int] = [:]
      for line in String(decoding: data, as: UTF8.self).split(separator: "\n")
      where line.hasPrefix("hi_tier_") {
        let parts = line.split(separator: "\"")
        let name = parts[0].prefix { $0 != "{" }
        figures["\(name) \(parts[parts.count - 2])"] = Int(parts[parts.count - 1].dropFirst(2))
      }
      return figures
    }

    /// The next line of a server that has ended.
    private func line(of server: RunningCommand) async throws -> [String: String] {
      try JSONDecoder().decode(
        [String: String].self, from: Data(try await server.errorLine().utf8))
    }

    @Test(.timeLimit(.minutes(3)))
    func itsDeathAndItsReturnAreCountedAndAreALineEach() async throws {
      let (cloud, cloudPlace) = try await RunningCommand.serve(model("fashion-remote"))
      let upstream = cloudPlace.remote
      let (tier, place) = try await serveTier(above: upstream, "--upstream-deadline", "20000")
      try await classify(at: place)
      var seen = try await figures(place)
      #expect(seen["hi_tier_answers_total remote"] == 1)
      #expect(seen["hi_tier_answers_total fallback"] == 0)
      #expect(seen["hi_tier_upstream_circuit_open \(upstream)"] == 0)

      #expect(try await cloud.end(SIGKILL) == -SIGKILL)
      for _ in 0..<8 { try await classify(at: place) }
      seen = try await figures(place)
      #expect(seen["hi_tier_answers_total remote"] == 1)
      #expect(seen["hi_tier_answers_total fallback"] == 8)
      let reasons = seen.filter { $0.key.hasPrefix("hi_tier_fallbacks_total") }
      #expect(reasons.values.reduce(0, +) == 8)
      // Five failures opened it.
      #expect(seen["hi_tier_upstream_circuit_open \(upstream)"] == 1)
      #expect(try #require(seen["hi_tier_upstream_failures_total \(upstream)"]) >= 5)

      let port = try #require(upstream.split(separator: ":").last.flatMap { Int($0) })
      let (again, _) = try await RunningCommand.serve([model("fashion-remote")], port: port)
      let end = ContinuousClock.now + .seconds(60)
      while seen["hi_tier_answers_total remote"] == 1, .now < end {
        try await classify(at: place)
        seen = try await figures(place)
      }
      #expect(seen["hi_tier_answers_total remote"] == 2)
      #expect(try await tier.end(SIGTERM) == 0)
      #expect(try await again.end(SIGTERM) == 0)

      let began = try await line(of: tier)
      #expect(began["message"]?.hasPrefix("samples for upstream are answered here: ") == true)
      #expect(began["level"] == "warning" && began["reason"] != nil)
      let ended = try await line(of: tier)
      #expect(ended["message"] == "upstream answers again" && ended["level"] == "warning")
      #expect(ended["fallbacks"] == seen["hi_tier_answers_total fallback"].map { "\($0)" })
      #expect(try await line(of: tier)["message"]?.hasPrefix("stopped after") == true)
    }

    @Test func oneThatIsNotThereYetIsALineOfTheLog() async throws {
      let (tier, _) = try await serveTier(above: "hi://127.0.0.1:1")
      #expect(try await tier.end(SIGTERM) == 0)
      let line = try await line(of: tier)
      #expect(line["level"] == "warning")
      #expect(line["message"]?.contains("does not answer yet") == true)
    }

    @Test func aLargeRequestWaitsForASilentOneOnceAndNotOnceABatch() async throws {
      let (cloud, cloudPlace) = try await RunningCommand.serve(model("fashion-remote"))
      let (tier, place) = try await serveTier(
        above: cloudPlace.remote, "--upstream-deadline", "500", "--max-batch", "1")
      // It still has its connection, and says nothing on it.
      kill(cloud.process.processIdentifier, SIGSTOP)
      try await classify(6, at: place)
      let seen = try await figures(place)
      #expect(seen["hi_tier_fallbacks_total deadlineExceeded"] == 6)
      #expect(try #require(seen["hi_tier_upstream_attempts_total \(cloudPlace.remote)"]) <= 1)
      #expect(try await tier.end(SIGTERM) == 0)
      #expect(try await cloud.end(SIGKILL) == -SIGKILL)
    }
  }
#endif
