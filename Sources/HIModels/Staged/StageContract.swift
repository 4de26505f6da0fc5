/// What manifest and ONNX file agree on for one stage: its tensors' names and shapes, without a batch.
struct StageContract: Equatable {
  var file: String
  var inputName: String
  var inputShape: [Int]
  var hiddenName: String?
  var hiddenShape: [Int]
  var logitsName: String
  var classCount: Int
  /// Whether the file takes any number of samples at once, or one.
  var hasFreeBatch: Bool

  /// Compares a stage of the manifest with its loaded file.
  ///
  /// - Parameters:
  ///   - file: the stage's path, for errors.
  ///   - inputShape: the sample's shape for the first stage, the hidden shape of the stage before for
  ///     every other.
  init(
    stage: ModelManifest.Stage, session: StageSession, file: String, inputShape: [Int],
    classCount: Int
  ) throws(ModelError) {
    self.file = file
    self.inputShape = inputShape
    self.classCount = classCount
    inputName = stage.input
    hiddenName = stage.hidden
    logitsName = stage.logits

    guard let input = session.inputs.first, session.inputs.count == 1, input.name == stage.input
    else {
      throw .tensorMismatch(
        file: file, tensor: stage.input, expected: "this one input",
        found: "the inputs \(session.inputs.map(\.name))")
    }
    try Self.check(input, shape: inputShape, file: file)
    let logits = try Self.output(stage.logits, of: session, file: file)
    try Self.check(logits, shape: [classCount], file: file)
    hasFreeBatch = input.shape[0] < 0 && logits.shape[0] < 0

    if let name = stage.hidden {
      let hidden = try Self.output(name, of: session, file: file)
      guard hidden.elementType == StageSession.Tensor.float32, hidden.shape.count >= 2,
        hidden.shape[0] == -1 || hidden.shape[0] == 1,
        hidden.shape.dropFirst().allSatisfy({ $0 > 0 })
      else {
        throw .tensorMismatch(
          file: file, tensor: name, expected: "float32 [N, …] with known sizes",
          found: hidden.summary)
      }
      hiddenShape = Array(hidden.shape.dropFirst())
      hasFreeBatch = hasFreeBatch && hidden.shape[0] < 0
    } else {
      hiddenShape = []
    }
  }

  private static func output(
    _ name: String, of session: StageSession, file: String
  ) throws(ModelError) -> StageSession.Tensor {
    guard let tensor = session.outputs.first(where: { $0.name == name }) else {
      throw .tensorMismatch(
        file: file, tensor: name, expected: "an output of this name",
        found: "the outputs \(session.outputs.map(\.name))")
    }
    return tensor
  }

  /// A dimension that the file leaves free fits any size; the batch is free or 1.
  private static func check(
    _ tensor: StageSession.Tensor, shape: [Int], file: String
  ) throws(ModelError) {
    let fits =
      tensor.elementType == StageSession.Tensor.float32
      && tensor.shape.count == shape.count + 1
      && (tensor.shape[0] == -1 || tensor.shape[0] == 1)
      && zip(tensor.shape.dropFirst(), shape).allSatisfy { $0 == -1 || $0 == $1 }
    guard fits else {
      throw .tensorMismatch(
        file: file, tensor: tensor.name,
        expected: StageSession.Tensor.summary(
          elementType: StageSession.Tensor.float32, shape: [-1] + shape),
        found: tensor.summary)
    }
  }
}
