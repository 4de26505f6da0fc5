internal import Foundation
internal import GRDB
internal import HierarchicalInference

extension Float {
  /// The value as SQLite keeps it, which has no NaN: NULL stands for it.
  var stored: Double? { isNaN ? nil : Double(self) }

  /// The value that SQLite has kept.
  init(stored: Double?) { self = stored.map { Float($0) } ?? .nan }
}

extension Observation {
  /// An answer out of a row's first five columns.
  ///
  /// SQLite keeps any type in any column, so a damaged or made-up file can have any: a row's subscripts,
  /// which would trap, are not for files.
  init(stored row: Row) throws {
    func figure(_ column: Int) throws -> Float {
      Float(stored: try row.decode(Double?.self, atIndex: column))
    }
    self.init(
      prediction: try row.decode(atIndex: 0), confidence: try figure(1), runnerUp: try figure(2),
      entropy: try figure(3), logSumExp: try figure(4))
  }
}

extension Error {
  /// Why a database could not be read or written, in words.
  var databaseWords: String {
    if let error = self as? DatabaseError {
      return error.message ?? "SQLite's code \(error.resultCode.rawValue)"
    }
    return localizedDescription
  }
}
