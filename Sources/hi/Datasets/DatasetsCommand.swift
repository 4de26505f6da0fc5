import ArgumentParser
import HIData

/// `hi datasets`: which data sets have names, where they are looked for, and how to get them.
struct DatasetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "datasets", abstract: "Lists the data sets that have names and where they lie.")

  struct Entry: Encodable {
    let name: String
    let classes: Int
    let folder: String?
    let searched: [String]
    let help: String
  }

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() throws {
    let catalogue = DatasetCatalogue()
    let entries = DatasetEntry.all.map {
      Entry(
        name: $0.name, classes: $0.classes.count, folder: catalogue.folder(of: $0),
        searched: catalogue.searchedFolders(for: $0), help: $0.help)
    }
    guard !json else { return try printJSON(["datasets": entries]) }
    for entry in entries {
      if let folder = entry.folder {
        print("\(entry.name): in \(folder)")
      } else {
        print(
          "\(entry.name): not found in \(entry.searched.joined(separator: ", ")); \(entry.help)")
      }
    }
  }
}
