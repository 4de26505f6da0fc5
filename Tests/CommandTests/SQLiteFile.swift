import Foundation

/// SQLite files as Python's library reads them.
enum SQLiteFile {
  /// The rows of a query as text, one after the other with semicolons; nil where the file is none, or not
  /// whole.
  static func rows(_ file: String, _ query: String) async -> String? {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "python3", "-c",
      "import sqlite3,sys;d=sqlite3.connect('file:'+sys.argv[1]+'?mode=rw',uri=True,timeout=5);"
        + "assert d.execute('PRAGMA integrity_check').fetchone()[0]=='ok';"
        + "print(*d.execute(sys.argv[2]).fetchall(),sep=';')",
      file, query,
    ]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    return try? await offTheCooperativePool {
      let data = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
      return process.terminationStatus == 0 ? text : nil
    }
  }

  /// The one number that a query gives.
  static func number(_ file: String, _ query: String) async -> Int? {
    await rows(file, query).flatMap { Int($0.filter(\.isNumber)) }
  }
}
