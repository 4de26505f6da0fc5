#if OpenInference
  public import HIData
  public import HITransport

  extension OpenInferenceRemoteModel {
    /// Asks for several samples by one request.
    ///
    /// Each is asked for by itself where the model takes one at a time, or where the server refuses the
    /// group: it may take no group as large, or one of the samples may be what it cannot take.
    public func classify(
      _ samples: [Sample], deadline: Duration
    ) async -> [Result<RemoteAnswer, OffloadError>] {
      let end = Self.end(of: deadline)
      do throws(OffloadError) {
        if let answers = try await together(samples, until: end) {
          return answers.map { .success($0) }
        }
      } catch {
        switch error {
        case .rejected, .modelFailed: break
        default: return samples.map { _ in .failure(error) }
        }
      }
      return await oneByOne(samples, deadline: max(.zero, end - .now))
    }

    /// The answers to one request; nil where there can be none.
    private func together(
      _ samples: [Sample], until end: ContinuousClock.Instant
    ) async throws(OffloadError) -> [RemoteAnswer]? {
      guard samples.count > 1 else { return nil }
      return try await Self.call(until: end) { () throws(OffloadError) in
        let interface = try await self.knownInterface(until: end)
        let left = end - .now
        guard left > .zero else { throw .deadlineExceeded }
        guard let request = interface.request(for: samples, deadline: left) else { return nil }
        let outputs = try await self.infer(request, isGroup: true, within: left)
        var answers: [RemoteAnswer] = []
        for found in try interface.answers(in: outputs, count: samples.count) {
          answers.append(try self.answer(found))
        }
        return answers
      }
    }
  }
#endif
