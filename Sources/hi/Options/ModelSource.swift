import Foundation
import HIData
import HIModels

/// Where a model comes from: a bundle's folder, a plain ONNX file, or the name of a shipped bundle.
enum ModelSource {
  static let words = "a bundle (NAME.himodel), a plain ONNX file, or the name of a shipped model"
  static let help = "The model: \(words)."

  /// Opens the model that a word on the command line stands for.
  ///
  /// - Parameter plain: what a plain ONNX file does not say of itself.
  static func bundle(_ text: String, plain: PlainModelOptions) throws -> ModelBundle {
    if FileBytes.isFile(text) {
      return try ModelBundle(
        plainModel: text, input: plain.input, classes: plain.classNames(),
        library: RuntimeLibrary())
    }
    guard plain.isEmpty else {
      throw CommandFailure(
        "\(text) is no ONNX file, and --input-… and --classes are about one; a bundle says it all "
          + "itself.")
    }
    if FileBytes.isFolder(text) { return try ModelBundle(at: text) }
    if let shipped = ShippedModels.path(of: text) { return try ModelBundle(at: shipped) }
    let near = NearestName.suggestion(for: text, among: neighbours(of: text))
    throw CommandFailure(
      "There is no model at \(text); "
        + (near.map { "did you mean \($0)?" }
          ?? "give a bundle's folder (NAME.himodel), an ONNX file or a shipped model's name."))
  }

  /// What could have been meant: the models in the folder that the word points to, and the shipped.
  private static func neighbours(of text: String) -> [String] {
    let folder = text.contains("/") ? (text as NSString).deletingLastPathComponent : "."
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let beside = files.filter { $0.hasSuffix(".himodel") || $0.hasSuffix(".onnx") }.sorted()
    return beside.map { text.contains("/") ? "\(folder)/\($0)" : $0 } + ShippedModels.names
  }
}
