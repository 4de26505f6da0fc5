import ArgumentParser
import HIData
import HIModels
import HIOpenInference
import HIPlanning
import HITransport
import Tracing

/// The remote model at a URL, by the protocol that the URL names: hi://, or http:// and
/// grpc:// for the Open Inference Protocol; his://, https:// and grpcs:// over TLS.
enum RemoteChoice: RemoteModel {
  case wire(WireRemoteModel)
  #if OpenInference
    case openInference(OpenInferenceRemoteModel)
  #endif

  /// Reads the URL; nothing is connected yet.
  ///
  /// - Parameters:
  ///   - classCount: the local model's; an answer of another class breaks the protocol.
  ///   - modelDigest: the model that was agreed on, where the protocol tells; nil or empty for any.
  ///   - connectTimeout: the most time to connect.
  ///   - gathersCalls: whether calls come in groups and should leave so.
  ///   - security: how the server is known, and what it is shown.
  ///   - tracer: tells which trace a call belongs to; nil where nobody traces.
  init(
    _ url: String, classCount: Int, modelDigest: String?, connectTimeout: Duration,
    gathersCalls: Bool = false, security: ClientSecurity, tracer: (any Tracer)? = nil
  ) throws {
    let modelDigest = modelDigest.flatMap { $0.isEmpty ? nil : $0 }
    guard OpenInferenceEndpoint.isSchemeKnown(of: url) else {
      let endpoint = try Self.wireEndpoint(url)
      var configuration = WireClientConfiguration()
      configuration.token = security.token
      configuration.connectTimeout = connectTimeout
      configuration.gathersCalls = gathersCalls
      configuration.classCount = classCount
      configuration.modelDigest = modelDigest
      configuration.tracer = tracer
      // Made here, so that what cannot be is said at once and not by every call.
      if endpoint.isEncrypted { configuration.tls = try security.tls ?? ClientTLS() }
      self = .wire(WireRemoteModel(endpoint: endpoint, configuration: configuration))
      return
    }
    #if OpenInference
      self = .openInference(
        OpenInferenceRemoteModel(
          endpoint: try OpenInferenceEndpoint(url), classCount: classCount,
          modelDigest: modelDigest, security: security, connectTimeout: connectTimeout,
          tracer: tracer))
    #else
      throw ValidationError(
        "\(url) needs HTTP and gRPC, which this hi was built without: build it with "
          + "`make build-all`.")
    #endif
  }

  /// Reads a URL that is none of the Open Inference Protocol's.
  ///
  /// - Throws: ``CommandFailure`` with all schemes that this build takes where it has another one.
  private static func wireEndpoint(_ url: String) throws -> RemoteEndpoint {
    do throws(RemoteEndpointError) {
      return try RemoteEndpoint(url)
    } catch {
      guard case .unknownScheme(_, let scheme) = error else { throw error }
      #if OpenInference
        let known = ["hi", "his"] + OpenInferenceEndpoint.Scheme.allCases.map(\.rawValue)
        let example = "hi://127.0.0.1:9000 or http://127.0.0.1:8000/MODEL"
      #else
        let known = ["hi", "his"]
        let example = "hi://127.0.0.1:9000"
      #endif
      let others = known.dropLast().map { "'\($0)'" }.joined(separator: ", ")
      throw CommandFailure(
        "The remote URL '\(url)' has the scheme '\(scheme)', expected \(others) or "
          + "'\(known.last ?? "")': write it like \(example).")
    }
  }

  /// Refuses a server whose model the policy was not made for, as far as the protocol tells; a server
  /// that cannot be reached is no reason not to start.
  ///
  /// - Parameter note: is told that it cannot.
  func check(
    for document: PolicyDocument, at url: String, beside manifest: ModelManifest, deadline: Int,
    note: @Sendable (String) -> Void
  ) async throws {
    switch self {
    case .wire(let remote):
      try await document.check(
        remote, at: url, beside: manifest, deadline: deadline, note: note)
    #if OpenInference
      case .openInference(let remote):
        do throws(OffloadError) {
          try await RemoteStart.wait { () throws(OffloadError) in
            try await remote.check(deadline: .milliseconds(deadline))
          }
        } catch .rejected(let reason) {
          throw CommandFailure(reason)
        } catch .otherModel(let reason) {
          throw CommandFailure(reason)
        } catch {
          note("the remote model at \(url) does not answer yet: \(error.words)")
        }
    #endif
    }
  }

  /// What is served, for a trace of it: over the Open Inference Protocol, which tells no digest and no
  /// class names, the model is known by its URL and has the local model's classes.
  ///
  /// - Throws: ``CommandFailure`` where the server does not answer or takes other samples.
  func described(
    at url: String, like manifest: ModelManifest, deadline: Duration
  ) async throws -> ServedModelDescription {
    let input = manifest.input
    do throws(OffloadError) {
      switch self {
      case .wire(let remote):
        let served = try await remote.describe(deadline: deadline)
        let mismatch = served.mismatch(
          elementType: input.elementType, shape: input.shape, classCount: manifest.classes.count)
        if let mismatch { throw .rejected(mismatch) }
        return served
      #if OpenInference
        case .openInference(let remote):
          try await remote.check(deadline: deadline)
          return ServedModelDescription(
            name: url.split(separator: "/").last.map(String.init) ?? url, digest: "",
            classes: manifest.classes, shape: input.shape, elementType: input.elementType)
      #endif
      }
    } catch .rejected(let reason) {
      throw CommandFailure(reason)
    } catch {
      throw CommandFailure("The remote model at \(url) does not answer: \(error.words)")
    }
  }

  func classify(_ sample: Sample, deadline: Duration) async throws(OffloadError) -> RemoteAnswer {
    switch self {
    case .wire(let remote): try await remote.classify(sample, deadline: deadline)
    #if OpenInference
      case .openInference(let remote): try await remote.classify(sample, deadline: deadline)
    #endif
    }
  }

  func classify(
    _ samples: [Sample], deadline: Duration
  ) async -> [Result<RemoteAnswer, OffloadError>] {
    switch self {
    case .wire(let remote): await remote.classify(samples, deadline: deadline)
    #if OpenInference
      case .openInference(let remote): await remote.classify(samples, deadline: deadline)
    #endif
    }
  }

  var preferredExecutor: (any TaskExecutor)? {
    switch self {
    case .wire(let remote): remote.preferredExecutor
    #if OpenInference
      case .openInference(let remote): remote.preferredExecutor
    #endif
    }
  }

  func close() async {
    switch self {
    case .wire(let remote): await remote.close()
    #if OpenInference
      case .openInference(let remote): await remote.close()
    #endif
    }
  }
}
