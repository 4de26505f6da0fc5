import ArgumentParser
import Foundation
import HIData
import HIModels

/// What a plain ONNX file does not say of itself; a bundle needs none of it.
struct PlainModelOptions: ParsableArguments {
  @Option(
    help: "For a plain ONNX file: what each pixel is multiplied by first; 1/255 unless given.")
  var inputScale: Ratio?

  @Option(help: "For a plain ONNX file: what is taken off then, a number or one a channel: a,b,c.")
  var inputMean: NumberList?

  @Option(help: "For a plain ONNX file: what the rest is divided by, a number or one a channel.")
  var inputStd: NumberList?

  @Option(
    help: "For a plain ONNX file that leaves it open: a sample's shape, for example 3,224,224.")
  var inputShape: NumberList?

  @Option(
    help: "For a plain ONNX file: CHW or HWC; told from the shape unless given.",
    completion: .list(["CHW", "HWC"]))
  var inputLayout: String?

  @Option(help: "For a plain ONNX file with several outputs: the one that holds the logits.")
  var logitsOutput: String?

  @Option(
    help: "For a plain ONNX file: a text file of class names, one a line, or a folder of classes.",
    completion: .file())
  var classes: String?

  func validate() throws {
    if let inputLayout, ModelManifest.Layout(rawValue: inputLayout) == nil {
      throw ValidationError("--input-layout is CHW or HWC, not \(inputLayout).")
    }
  }

  /// Whether any of them was given.
  var isEmpty: Bool {
    inputScale == nil && inputMean == nil && inputStd == nil && inputShape == nil
      && inputLayout == nil && logitsOutput == nil && classes == nil
  }

  var input: PlainModelInput {
    var input = PlainModelInput()
    if let inputScale { input.scale = Float(inputScale.value) }
    if let inputMean { input.mean = inputMean.values.map(Float.init) }
    if let inputStd { input.standardDeviation = inputStd.values.map(Float.init) }
    input.shape = inputShape?.values.map { Int($0) }
    input.layout = inputLayout.flatMap(ModelManifest.Layout.init)
    input.logits = logitsOutput
    return input
  }

  /// The class names that `classes` stands for; nil where it was not given.
  func classNames() throws -> [String]? {
    guard let classes else { return nil }
    if FileBytes.isFolder(classes) { return try ClassFolders(classes).names }
    let text = String(decoding: try FileBytes.read(classes), as: UTF8.self)
    let names = text.split(whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    guard !names.isEmpty else {
      throw CommandFailure("\(classes) is empty; write one class name a line.")
    }
    return names
  }
}

/// A number, also as a fraction: `0.5`, `1/255`.
struct Ratio: ExpressibleByArgument {
  let value: Double

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map { Double($0) }
    guard let first = parts[0], first.isFinite else { return nil }
    switch parts.count {
    case 1: value = first
    case 2:
      guard let second = parts[1], second.isFinite, second != 0 else { return nil }
      value = first / second
    default: return nil
    }
  }
}

/// Numbers with commas between them; fractions are allowed.
struct NumberList: ExpressibleByArgument {
  let values: [Double]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.map { Ratio(argument: String($0))?.value }
    guard !numbers.contains(where: { $0 == nil }) else { return nil }
    values = numbers.compactMap(\.self)
  }
}
