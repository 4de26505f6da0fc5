import ArgumentParser
import HIData
import HIModels
import HIOpenInference
import HIPlanning
import HITransport

/// The remote model at a URL, by the protocol that the URL names: hi://, or http://, https:// and
/// grpc:// for the Open Inference Protocol.
enum RemoteChoice: RemoteModel {
  case wire(WireRemoteModel)
  #if OpenInference
    case openInference(OpenInferenceRemoteModel)
  #endif

  /// Reads the URL; nothing is connected yet.
  ///
  /// - Parameter classCount: the local model's; an answer of another class breaks the protocol.
  init(_ url: String, classCount: Int) throws {
    guard OpenInferenceEndpoint.isSchemeKnown(of: url) else {
      self = .wire(WireRemoteModel(endpoint: try RemoteEndpoint(url)))
      return
    }
    #if OpenInference
      self = .openInference(
        OpenInferenceRemoteModel(
          endpoint: try OpenInferenceEndpoint(url), classCount: classCount))
    #else
      throw ValidationError(
        "\(url) needs HTTP and gRPC, which this hi was built without: build it with "
          + "`make build-all`.")
    #endif
  }

  /// Refuses a server whose model the policy was not made for, as far as the protocol tells; a server
  /// that cannot be reached is no reason not to start.
  func check(
    for document: PolicyDocument, at url: String, beside manifest: ModelManifest, deadline: Int
  ) async throws {
    switch self {
    case .wire(let remote):
      try await document.check(remote, at: url, beside: manifest, deadline: deadline)
    #if OpenInference
      case .openInference(let remote):
        do throws(OffloadError) {
          try await remote.check(deadline: .milliseconds(deadline))
        } catch .rejected(let reason) {
          throw CommandFailure(reason)
        } catch {
          Terminal.note("the remote model at \(url) does not answer yet: \(error.words)")
        }
    #endif
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
