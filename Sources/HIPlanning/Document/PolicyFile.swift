internal import Foundation
internal import HIData
internal import HierarchicalInference

extension PolicyDocument {
  /// Reads a policy file.
  ///
  /// - Throws: ``PolicyDocumentError`` that names the file.
  public init(path: String) throws(PolicyDocumentError) {
    let data: Data
    do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw .unreadable(path: path, reason: "it cannot be read")
    }
    try self.init(json: Array(data), path: path)
  }

  /// Reads a policy's JSON.
  ///
  /// - Parameters:
  ///   - json: the document.
  ///   - path: what errors call it.
  public init(json: [UInt8], path: String = "policy.json") throws(PolicyDocumentError) {
    struct Head: Decodable { let schema: String }
    let data = Data(json)
    let decoder = JSONDecoder()
    do {
      let head = try decoder.decode(Head.self, from: data)
      guard head.schema == Self.currentSchema else {
        throw PolicyDocumentError.unknownSchema(path: path, found: head.schema)
      }
      self = try decoder.decode(PolicyDocument.self, from: data)
    } catch let error as PolicyDocumentError {
      throw error
    } catch {
      throw .malformed(path: path, reason: Self.reason(error))
    }
    guard temperatures.count == exits.count, temperatures.allSatisfy({ $0 > 0 && $0.isFinite })
    else {
      throw .malformed(path: path, reason: "it needs one positive temperature an exit")
    }
  }

  /// The policy as JSON with sorted keys.
  public func json() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
  }

  /// Writes a policy file, in one step, so that no reader ever sees half of one.
  public func write(path: String) throws(PolicyDocumentError) {
    do {
      let json = Data(try json())
      try UnfinishedFile.write(to: path) { try json.write(to: URL(filePath: $0)) }
    } catch {
      throw .unreadable(path: path, reason: "it cannot be written")
    }
  }

  /// What a decoder found wrong, in words.
  private static func reason(_ error: any Error) -> String {
    func place(_ path: [any CodingKey]) -> String {
      path.isEmpty ? "the document" : "'\(path.map(\.stringValue).joined(separator: "."))'"
    }
    switch error {
    case DecodingError.keyNotFound(let key, _): return "it has no '\(key.stringValue)'"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      return "\(place(context.codingPath)) has another type than a policy's"
    case DecodingError.dataCorrupted(let context):
      return context.codingPath.isEmpty
        ? "it is not JSON" : "\(place(context.codingPath)): \(context.debugDescription)"
    default: return "it cannot be decoded"
    }
  }
}
