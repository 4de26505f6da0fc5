internal import Foundation

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
    do { try encoder.encode(self).write(to: URL(filePath: path), options: .atomic) } catch {
      throw .unwritable(path: path, reason: error.localizedDescription)
    }
  }
}
