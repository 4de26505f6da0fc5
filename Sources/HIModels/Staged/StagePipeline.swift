/// The stages of a model bound to one another's buffers for a fixed number of samples at once.
final class StagePipeline {
  let batch: Int
  /// The first stage's input, filled by the caller.
  let input: TensorBuffer
  private let bindings: [StageBinding]
  private let logits: [TensorBuffer]
  /// Every tensor in the order in which it is made.
  private let buffers: [TensorBuffer]

  /// Makes the tensors and binds the sessions to them.
  ///
  /// - Parameter larger: a pipeline of more samples, whose memory this one uses.
  init(
    batch: Int, sessions: [StageSession], contracts: [StageContract],
    sharing larger: StagePipeline? = nil
  ) throws(ModelError) {
    self.batch = batch
    var buffers: [TensorBuffer] = []
    func buffer(_ shape: [Int]) -> TensorBuffer {
      let shape = [batch] + shape
      let buffer =
        larger.map { TensorBuffer(shape: shape, within: $0.buffers[buffers.count]) }
        ?? TensorBuffer(shape: shape)
      buffers.append(buffer)
      return buffer
    }
    var source = buffer(contracts.first?.inputShape ?? [])
    input = source
    var bindings: [StageBinding] = []
    var logits: [TensorBuffer] = []
    for (session, contract) in zip(sessions, contracts) {
      let exit = buffer([contract.classCount])
      var outputs = [(name: contract.logitsName, buffer: exit)]
      let stageInput = (name: contract.inputName, buffer: source)
      if let name = contract.hiddenName {
        source = buffer(contract.hiddenShape)
        outputs.append((name: name, buffer: source))
      }
      bindings.append(
        try StageBinding(
          session: session, file: contract.file, input: stageInput, outputs: outputs))
      logits.append(exit)
    }
    self.bindings = bindings
    self.logits = logits
    self.buffers = buffers
  }

  /// Runs one stage on what the stage before it left; stages are numbered from 0.
  func run(stage: Int) throws(ModelError) { try bindings[stage].run() }

  /// The logits of a stage's exit, one row a sample, valid until the stage runs again.
  func logits(ofStage stage: Int) -> UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(logits[stage].elements)
  }
}
