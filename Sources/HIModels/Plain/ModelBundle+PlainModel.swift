internal import Foundation
internal import HIData

extension ModelBundle {
  /// Makes a bundle of one stage of somebody's ONNX file, which stays where it is.
  ///
  /// The file takes `float32 [N, C, H, W]` or `[N, H, W, C]` and gives one float32 logit a class; its
  /// name becomes the model's. Costs (multiply-accumulates, parameters) are not known and stand as 0.
  ///
  /// - Parameters:
  ///   - file: the ONNX file.
  ///   - input: what the file does not say.
  ///   - classes: the class names; numbers from 0 for nil.
  ///   - library: reads the file's tensors.
  /// - Throws: ``ModelError`` where the file does not load, or cannot be used so.
  public init(
    plainModel file: String, input: PlainModelInput, classes: [String]?, library: RuntimeLibrary
  ) throws(ModelError) {
    let contents = try Self.read(file)
    let session = try StageSession(contents: contents, file: file, threads: 1, library: library)
    guard session.inputs.count == 1 else {
      throw .unsupported(
        file: file, found: "the inputs \(session.inputs.map(\.name))", wanted: "one input")
    }
    let shape = try Self.sampleShape(session.inputs[0], asked: input.shape, file: file)
    let logits = try Self.logits(session, asked: input.logits, file: file)
    let classNames = try Self.classNames(logits, asked: classes, file: file)
    let url = URL(filePath: file)
    let manifest = ModelManifest(
      schema: ModelManifest.currentSchema, name: url.deletingPathExtension().lastPathComponent,
      version: "1", description: "A plain ONNX file.", classes: classNames,
      input: input.manifestInput(
        shape: shape, layout: try Self.layout(shape, asked: input.layout, file: file)),
      stages: [
        ModelManifest.Stage(
          file: url.lastPathComponent, sha256: SHA256Digest(of: contents).hexadecimal,
          bytes: contents.count,
          input: session.inputs[0].name, hidden: nil, logits: logits.name, multiplyAccumulates: 0,
          parameters: 0, precision: input.precision)
      ], precision: input.precision, training: nil, accuracy: nil)
    // The manifest's own checks hold for this one too.
    let checked = try ModelManifest(json: manifest.json(), file: file)
    try self.init(path: url.deletingLastPathComponent().path, manifest: checked)
  }

  private static func sampleShape(
    _ tensor: StageSession.Tensor, asked: [Int]?, file: String
  ) throws(ModelError) -> [Int] {
    guard tensor.elementType == StageSession.Tensor.float32, tensor.shape.count == 4,
      tensor.shape[0] == -1 || tensor.shape[0] == 1
    else {
      throw .unsupported(
        file: file, found: "the input \(tensor.summary)",
        wanted: "float32 [N, C, H, W] or [N, H, W, C]")
    }
    let shape = Array(tensor.shape.dropFirst())
    if let asked {
      guard asked.count == 3, zip(shape, asked).allSatisfy({ ($0 < 0 || $0 == $1) && $1 > 0 })
      else {
        throw .tensorMismatch(
          file: file, tensor: tensor.name,
          expected: StageSession.Tensor.summary(
            elementType: StageSession.Tensor.float32, shape: [-1] + asked),
          found: tensor.summary)
      }
      return asked
    }
    guard shape.allSatisfy({ $0 > 0 }) else {
      throw .undetermined(
        file: file, what: "how large a sample is", found: tensor.summary,
        wanted: "the input's shape, for example 3,224,224")
    }
    return shape
  }

  private static func layout(
    _ shape: [Int], asked: ModelManifest.Layout?, file: String
  ) throws(ModelError) -> ModelManifest.Layout {
    if let asked { return asked }
    if [1, 3].contains(shape[0]) { return .channelsFirst }
    if [1, 3].contains(shape[2]) { return .channelsLast }
    throw .undetermined(
      file: file, what: "which dimension is the channel", found: "\(shape)",
      wanted: "the input's layout, CHW or HWC")
  }

  private static func logits(
    _ session: StageSession, asked: String?, file: String
  ) throws(ModelError) -> StageSession.Tensor {
    if let asked {
      guard let tensor = session.outputs.first(where: { $0.name == asked }) else {
        throw .tensorMismatch(
          file: file, tensor: asked, expected: "an output of this name",
          found: "the outputs \(session.outputs.map(\.name))")
      }
      return tensor
    }
    guard session.outputs.count == 1 else {
      throw .undetermined(
        file: file, what: "which output holds the logits",
        found: "\(session.outputs.map(\.name))", wanted: "the name of one")
    }
    return session.outputs[0]
  }

  private static func classNames(
    _ logits: StageSession.Tensor, asked: [String]?, file: String
  ) throws(ModelError) -> [String] {
    guard logits.elementType == StageSession.Tensor.float32, logits.shape.count == 2 else {
      throw .unsupported(
        file: file, found: "the output \(logits.summary)", wanted: "float32 [N, classes]")
    }
    let count = logits.shape[1]
    if let asked {
      guard count < 0 || count == asked.count else {
        throw .otherClassCount(file: file, names: asked.count, classes: count)
      }
      return asked
    }
    guard count > 0 else {
      throw .undetermined(
        file: file, what: "how many classes there are", found: logits.summary,
        wanted: "the class names")
    }
    return (0..<count).map(String.init)
  }
}
