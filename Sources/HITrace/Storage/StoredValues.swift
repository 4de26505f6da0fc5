internal import Foundation
internal import GRDB
internal import HierarchicalInference

extension Float {
  /// The value as SQLite keeps it, which has no NaN: NULL stands for it.
  var stored: Double? { isNaN ? nil : Double(self) }

  /// The value that SQLite has kept.
  init(stored: Double?) { self = stored.map { Float($0) } ?? .nan }
}

/// A value of another type than its column's.
struct MismatchedValue: Error {
  /// For the errors of both kinds of files.
  static let reason = "a value in its tables is of another type than its column."
}

extension Row {
  /// A column's value, which has to be of the type.
  ///
  /// SQLite keeps any type in any column, so a damaged or made-up file can have any. A row's subscripts
  /// are not for files: they trap on NULL, and take a text or a blob for a number.
  func stored<Value: DatabaseValueConvertible>(
    _ column: Int, as type: Value.Type = Value.self
  ) throws -> Value {
    guard let value = Value.fromDatabaseValue(self[column] as DatabaseValue) else {
      throw MismatchedValue()
    }
    return value
  }
}

extension Observation {
  /// An answer out of a row's first five columns.
  init(stored row: Row) throws {
    func figure(_ column: Int) throws -> Float {
      Float(stored: try row.stored(column, as: Double?.self))
    }
    self.init(
      prediction: try row.stored(0), confidence: try figure(1), runnerUp: try figure(2),
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
