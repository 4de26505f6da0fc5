internal import HIData
internal import NIOCore
internal import Tracing

/// One batch on its way through a worker.
struct BatchRun {
  /// Why a request of the batch has no outputs.
  struct Failure: Error {
    let reason: String
  }

  /// How many samples the batch has.
  let samples: Int
  private let deadline: NIODeadline
  private let received: NIODeadline
  /// The sizes of the model's runs that it took.
  private(set) var executions: [Int] = []
  /// One result a request, in their order.
  private(set) var outputs: [Result<[ModelOutput], Failure>] = []

  /// Runs requests together, and each apart where together they fail: a request that breaks the model
  /// takes no other with it. A request larger than the maximum is run in parts.
  ///
  /// - Parameter contexts: one a request, the trace of its inference; empty where there is none.
  init(
    _ requests: [InferenceRequest], contexts: [InstrumentationContext?] = [], maximumSize: Int,
    on worker: inout any InferenceWorker
  ) {
    samples = requests.reduce(0) { $0 + $1.samples.count }
    deadline = requests.map(\.deadline).min() ?? .distantFuture
    received = requests.map(\.received).min() ?? .now()
    let everybody = zip(requests, contexts).flatMap { request, context in
      Array(repeating: context, count: request.samples.count)
    }
    if requests.count > 1,
      let all = try? run(requests.flatMap(\.samples), everybody, on: &worker)
    {
      var rest = all[...]
      for request in requests {
        outputs.append(.success(Array(rest.prefix(request.samples.count))))
        rest = rest.dropFirst(request.samples.count)
      }
      return
    }
    for (place, request) in requests.enumerated() {
      let context = contexts.isEmpty ? nil : contexts[place]
      outputs.append(outcome(of: request, context, maximumSize: maximumSize, on: &worker))
    }
  }

  private mutating func outcome(
    of request: InferenceRequest, _ context: InstrumentationContext?, maximumSize: Int,
    on worker: inout any InferenceWorker
  ) -> Result<[ModelOutput], Failure> {
    var done: [ModelOutput] = []
    do {
      while done.count < request.samples.count {
        let part = request.samples[done.count...].prefix(maximumSize)
        let contexts = context.map { Array(repeating: Optional($0), count: part.count) } ?? []
        done += try run(Array(part), contexts, on: &worker)
      }
      return .success(done)
    } catch {
      return .failure(Failure(reason: "\(error)"))
    }
  }

  private mutating func run(
    _ samples: [Sample], _ contexts: [InstrumentationContext?],
    on worker: inout any InferenceWorker
  ) throws -> [ModelOutput] {
    executions.append(samples.count)
    let outputs = try worker.run(
      samples, for: BatchCallers(deadline: deadline, received: received, contexts: contexts))
    guard outputs.count == samples.count else {
      throw ServingError.wrongCount(expected: samples.count, found: outputs.count)
    }
    return outputs
  }
}
