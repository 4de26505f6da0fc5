internal import Foundation
internal import HIData

extension CostProfile {
  /// Reads a profile from its JSON file.
  ///
  /// - Throws: ``CostError/unreadable(path:reason:)``.
  public init(path: String) throws(CostError) {
    let data: Data
    do { data = try Data(contentsOf: URL(filePath: path)) } catch {
      throw .unreadable(path: path, reason: "it cannot be read")
    }
    do { self = try JSONDecoder().decode(CostProfile.self, from: data) } catch {
      throw .unreadable(path: path, reason: "it is not a profile's JSON")
    }
  }

  /// Writes the profile as JSON.
  ///
  /// - Throws: ``CostError/unwritable(path:reason:)``.
  public func write(to path: String) throws(CostError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      let json = try encoder.encode(self)
      try UnfinishedFile.write(to: path) { try json.write(to: URL(filePath: $0)) }
    } catch {
      throw .unwritable(path: path, reason: error.localizedDescription)
    }
  }
}
