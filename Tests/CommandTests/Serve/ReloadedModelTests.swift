import Foundation
import HIData
import HIModels
import HIOpenInference
import HITransport
import Testing

/// A server that loads another model of the same input under a live connection.
@Suite struct ReloadedModelTests {
  /// A client that has agreed on a model.
  private func client(_ frontEnd: String, _ server: Listening) throws -> any RemoteModel {
    #if OpenInference
      if frontEnd != "wire" {
        return OpenInferenceRemoteModel(
          endpoint: try OpenInferenceEndpoint(server.url(frontEnd) + "/m"),
          modelDigest: server.digest)
      }
    #endif
    var configuration = WireClientConfiguration()
    configuration.modelDigest = server.digest
    return WireRemoteModel(
      endpoint: try RemoteEndpoint(server.remote), configuration: configuration)
  }

  private func failure(
    of client: any RemoteModel, _ sample: Sample
  ) async -> OffloadError? {
    do throws(OffloadError) {
      _ = try await client.classify(sample, deadline: .seconds(20))
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: Listening.frontEnds)
  func theVeryNextRequestIsRefused(frontEnd: String) async throws {
    let folder = try TemporaryFolder()
    let files = FileManager.default
    let place = folder.file("models/m/1")
    try files.createDirectory(atPath: place, withIntermediateDirectories: true)
    func put(_ name: String) throws {
      try? files.removeItem(atPath: place + "/x.himodel")
      try files.copyItem(atPath: model(name), toPath: place + "/x.himodel")
    }
    try put("fashion-remote")
    let (server, listening) = try await RunningCommand.serve(
      ["--models", folder.file("models")] + Listening.ports)
    let client = try client(frontEnd, listening)
    let sample = try #require(
      Sample(
        elementType: .uint8, shape: [1, 28, 28], bytes: [UInt8](repeating: 7, count: 784)))
    #expect(await failure(of: client, sample) == nil)

    try put("fashion-tiny")
    kill(server.process.processIdentifier, SIGHUP)
    #expect(try await server.errorLine(saying: "reloaded:") != "")
    guard case .otherModel(let words)? = await failure(of: client, sample) else {
      Issue.record("another model answered, or something else went wrong")
      return
    }
    #expect(words.contains("serves 'm'"), "\(words)")
    // Whoever agreed on nothing is answered by what there is.
    let anybody = WireRemoteModel(endpoint: try RemoteEndpoint(listening.remote))
    #expect(await failure(of: anybody, sample) == nil)
    await anybody.close()

    try put("fashion-remote")
    kill(server.process.processIdentifier, SIGHUP)
    #expect(try await server.errorLine(saying: "reloaded:") != "")
    #expect(await failure(of: client, sample) == nil)
    if let wire = client as? WireRemoteModel {
      #expect(await wire.statistics().connections == 1)
    }
    await client.close()
    #expect(try await server.end(SIGTERM) == 0)
  }
}
