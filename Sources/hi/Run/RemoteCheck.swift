import HIModels
import HIPlanning
import HITransport

extension PolicyDocument {
  /// Refuses a server whose model the policy was not made for, as the client finds by the digest that it
  /// was given, or whose samples or classes are not the local model's. A server that cannot be reached is no
  /// reason not to start: the local model answers until it can.
  ///
  /// - Parameter note: is told that it cannot.
  func check(
    _ remoteModel: WireRemoteModel, at remote: String, beside manifest: ModelManifest,
    deadline: Int, note: @Sendable (String) -> Void
  ) async throws {
    let served: ServedModelDescription
    do throws(OffloadError) {
      served = try await RemoteStart.wait { () throws(OffloadError) in
        try await remoteModel.describe(deadline: .milliseconds(deadline))
      }
    } catch .otherModel(let reason) {
      throw CommandFailure(reason)
    } catch {
      note("the remote model at \(remote) does not answer yet: \(error.words)")
      return
    }
    if let mismatch = served.mismatch(
      elementType: manifest.input.elementType, shape: manifest.input.shape,
      classCount: manifest.classes.count)
    {
      throw CommandFailure(mismatch)
    }
  }
}
