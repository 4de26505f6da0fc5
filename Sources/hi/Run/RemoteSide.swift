import HIData
import HIModels
import HIPlanning
import HITransport
import Tracing

/// The remote models at one URL or several, as one that survives the failure of any of them.
struct RemoteSide: RemoteModel {
  private let members: [(url: String, model: RemoteChoice)]
  private let together: ResilientRemoteModel

  /// Reads the URLs; nothing is connected yet.
  ///
  /// - Parameters:
  ///   - classCount: the local model's; an answer of another class breaks the protocol.
  ///   - document: the policy, which says what each remote model has to be.
  ///   - options: what one offload may take, and what it survives.
  ///   - security: how the servers are known, and what they are shown.
  ///   - tracer: makes the spans of offloads; nil where nobody traces.
  init(
    _ urls: [String], classCount: Int, document: PolicyDocument, options: OffloadOptions,
    security: ClientSecurity, tracer: (any Tracer)?
  ) throws {
    let members = try urls.map { url in
      (
        url: url,
        model: try RemoteChoice(
          url, classCount: classCount, modelDigest: document.remote?.digest,
          connectTimeout: .milliseconds(options.connectTimeout),
          gathersCalls: options.group > 1, security: security, tracer: tracer)
      )
    }
    self.members = members
    together = ResilientRemoteModel(
      members.map { ($0.url, options.grouped($0.model)) },
      configuration: options.resilience(endpoints: members.count), tracer: tracer)
  }

  /// Refuses a server whose model the policy was not made for, as far as its protocol tells.
  ///
  /// - Parameter note: is told of a server that does not answer yet.
  func check(
    for document: PolicyDocument, beside manifest: ModelManifest, deadline: Int,
    note: @Sendable (String) -> Void = Terminal.note
  ) async throws {
    for (url, model) in members {
      try await model.check(
        for: document, at: url, beside: manifest, deadline: deadline, note: note)
    }
  }

  func classify(_ sample: Sample, deadline: Duration) async throws(OffloadError) -> RemoteAnswer {
    try await together.classify(sample, deadline: deadline)
  }

  var preferredExecutor: (any TaskExecutor)? { together.preferredExecutor }

  /// What was done so far, and how the endpoints are, in the URLs' order.
  var statistics: ResilienceStatistics { together.statistics }

  func close() async { await together.close() }
}
