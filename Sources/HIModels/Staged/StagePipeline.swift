/// The stages of a model bound to one another's buffers for a fixed number of samples at once.
final class StagePipeline {
  let batch: Int
  /// The first stage's input, filled by the caller.
  let input: TensorBuffer
  private let bindings: [StageBinding]
  private let logits: [TensorBuffer]

  init(
    batch: Int, sessions: [StageSession], contracts: [StageContract]
  ) throws(ModelError) {
    self.batch = batch
    var source = TensorBuffer(shape: [batch] + (contracts.first?.inputShape ?? []))
    input = source
    var bindings: [StageBinding] = []
    var logits: [TensorBuffer] = []
    for (session, contract) in zip(sessions, contracts) {
      let exit = TensorBuffer(shape: [batch, contract.classCount])
      var outputs = [(name: contract.logitsName, buffer: exit)]
      let stageInput = (name: contract.inputName, buffer: source)
      if let name = contract.hiddenName {
        source = TensorBuffer(shape: [batch] + contract.hiddenShape)
        outputs.append((name: name, buffer: source))
      }
      bindings.append(
        try StageBinding(
          session: session, file: contract.file, input: stageInput, outputs: outputs))
      logits.append(exit)
    }
    self.bindings = bindings
    self.logits = logits
  }

  /// Runs one stage on what the stage before it left; stages are numbered from 0.
  func run(stage: Int) throws(ModelError) { try bindings[stage].run() }

  /// The logits of a stage's exit, one row a sample, valid until the stage runs again.
  func logits(ofStage stage: Int) -> UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(logits[stage].elements)
  }
}
