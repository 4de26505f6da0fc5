public import HIData

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// What a server says about the model that it serves, so that a client can check before a run that
/// the two fit.
///
/// On the wire it is the JSON document of the `describe` response:
/// `{"classes": ["t-shirt", …], "digest": "sha256:…", "elementType": "uint8", "name": "…", "shape": [1, 28, 28]}`.
public struct ServedModelDescription: Sendable, Equatable, Codable {
  /// The model's name.
  public let name: String
  /// What identifies the model's weights: the bundle's digest.
  public let digest: String
  /// The class names; an answer is an index into them.
  public let classes: [String]
  /// The shape of one sample, without a batch dimension.
  public let shape: [Int]
  /// The type of a sample's elements.
  public let elementType: ElementType

  /// Makes a description.
  public init(
    name: String, digest: String, classes: [String], shape: [Int], elementType: ElementType
  ) {
    self.name = name
    self.digest = digest
    self.classes = classes
    self.shape = shape
    self.elementType = elementType
  }

  /// The bytes of one sample, or nil where the shape is none that a sample can have.
  public var sampleBytes: Int? { Sample.byteCount(elementType: elementType, shape: shape) }

  /// Says why samples of a type and shape cannot be offloaded to this model, or nil where they can.
  ///
  /// - Parameters:
  ///   - elementType: the samples'.
  ///   - shape: one sample's, without a batch dimension.
  ///   - classCount: how many classes the local model knows.
  public func mismatch(elementType: ElementType, shape: [Int], classCount: Int) -> String? {
    if elementType != self.elementType || shape != self.shape {
      return "The remote model \(name) takes \(self.elementType) samples of shape \(self.shape), "
        + "but the samples here are \(elementType) of shape \(shape): "
        + "serve a model of the same input."
    }
    if classCount != classes.count {
      return "The remote model \(name) knows \(classes.count) classes, but the local model knows "
        + "\(classCount): serve a model of the same classes."
    }
    return nil
  }

  /// The JSON document, with its keys in order so that equal descriptions are equal texts.
  ///
  /// - Parameter extensions: what the server understands beside version 1 of the protocol.
  public func json(extensions: WireExtensions.Kinds = []) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let document = Document(description: self, extensions: extensions.names)
    return String(decoding: try encoder.encode(document), as: UTF8.self)
  }

  /// The names of what a server understands, out of its document; none where it says nothing of it.
  static func extensions(inJSON document: String) -> [String] {
    let found = try? JSONDecoder().decode(ExtensionsDocument.self, from: Data(document.utf8))
    return found?.extensions ?? []
  }

  /// Reads the JSON document.
  public init(json: String) throws {
    self = try JSONDecoder().decode(Self.self, from: Data(json.utf8))
  }
}

/// The description with what stands beside it in the document.
private struct Document: Encodable {
  private enum Key: String, CodingKey {
    case extensions
  }

  let description: ServedModelDescription
  let extensions: [String]

  func encode(to encoder: any Encoder) throws {
    try description.encode(to: encoder)
    guard !extensions.isEmpty else { return }
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(extensions, forKey: .extensions)
  }
}

private struct ExtensionsDocument: Decodable {
  let extensions: [String]?
}
