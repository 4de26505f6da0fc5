import ArgumentParser
import HIModels

/// `hi wrap`: a plain ONNX file as a bundle.
struct WrapCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wrap",
    abstract: "Makes a model bundle of your own ONNX file, so that every other command takes it.",
    discussion: """
      The file takes a float32 image, [N, C, H, W] or [N, H, W, C], and gives one logit a class. Pixels \
      from 0 to 255 become (pixel * scale - mean) / std.
      Example: hi wrap small.onnx --input-scale 1/255 --classes photos --out small.himodel
      """)

  @Argument(help: "The ONNX file.", completion: .file(extensions: ["onnx"]))
  var file: String

  @OptionGroup var plain: PlainModelOptions

  @Option(help: "The bundle to write, a folder NAME.himodel.", completion: .directory)
  var out: String

  @Flag(help: "Print the manifest as JSON.")
  var json = false

  func run() throws {
    let bundle = try ModelBundle(
      plainModel: file, input: plain.input, classes: plain.classNames(), library: RuntimeLibrary())
    try bundle.write(to: out)
    guard !json else { return try printJSON(bundle.manifest) }
    let manifest = bundle.manifest
    print(
      "wrote \(out): \(manifest.name), \(manifest.classes.count) classes, input "
        + "\(manifest.input.shape.map(String.init).joined(separator: " x ")) "
        + "\(manifest.input.layout.rawValue), sha256 \(bundle.digest.prefix(12))")
  }
}
