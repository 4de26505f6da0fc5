internal import Foundation
internal import GRDB

extension Float {
  /// The value as SQLite keeps it, which has no NaN: NULL stands for it.
  var stored: Double? { isNaN ? nil : Double(self) }

  /// The value that SQLite has kept.
  init(stored: Double?) { self = stored.map { Float($0) } ?? .nan }
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
