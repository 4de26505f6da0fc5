import Foundation
import HIModels
import HIPlanning
import HITransport
import HierarchicalInference

#if canImport(ServeSettings)
  @testable import ServeSettings
#else
  @testable import hi
#endif

extension FuzzEntry {
  /// JSON and text files that people write or hand on.
  static let documents = [
    FuzzEntry(name: "policy") { bytes in
      do {
        let document = try PolicyDocument(json: bytes)
        require(document.policy.exits.count == document.exits.count, "a policy's rules")
        _ = document.guaranteeNote
        // Numbers beyond a double's range cannot be written back, and are refused or kept.
        guard let written = try? document.json() else { return }
        guard let again = try? PolicyDocument(json: written) else {
          return require(false, "a policy written and read")
        }
        require(again == document, "a policy written and read")
      } catch {
        requireSentence(error)
      }
    },
    FuzzEntry(name: "manifest") { bytes in
      do {
        let manifest = try ModelManifest(json: bytes, file: "manifest.json")
        require(!manifest.stages.isEmpty, "a manifest's stages")
        require(!manifest.classes.isEmpty, "a manifest's classes")
        _ = manifest.input.imageForm
        require(manifest.input.shape.allSatisfy { $0 > 0 }, "a sample's shape")
      } catch {
        requireSentence(error)
      }
    },
    FuzzEntry(name: "serve-config") { bytes in
      let options = [
        ("http-port", false), ("insecure", true), ("bundles", false), ("config", false),
      ]
      do {
        let settings = try ServeSettings(
          arguments: ["--config", "serve.json"],
          options: options.map { ServeSettings.Option(flag: $0, isSwitch: $1) }, environment: [:],
          file: { _ in Data(bytes) })
        require(settings.settings.count <= 3, "an option a key")
        _ = settings.arguments
      } catch {
        requireSentence(error)
      }
    },
    FuzzEntry(name: "tokens") { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      guard let tokens = try? TokenFile.tokens(in: text, source: "tokens") else { return }
      require(
        tokens.allSatisfy { BearerToken.lengths.contains($0.characters.utf8.count) },
        "a token's length")
    },
  ]
}
