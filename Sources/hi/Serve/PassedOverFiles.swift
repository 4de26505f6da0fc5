/// What a folder of models holds beside them, for its server's log.
enum PassedOverFiles {
  /// How many are named.
  private static let mostNames = 3

  /// A sentence that names the first few, and says what was expected; nil where there are none.
  static func warning(_ names: [String]) -> String? {
    guard !names.isEmpty else { return nil }
    // A file's name can have anything in it: one line stays one line.
    var shown = names.prefix(mostNames).map {
      $0.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
    if names.count > mostNames { shown.append("\(names.count - mostNames) more") }
    return "Passed over in the folder of models: \(shown.joined(separator: ", ")); expected "
      + "NAME.himodel or NAME/VERSION/ANY.himodel: `hi wrap` makes a bundle of an ONNX file."
  }
}
