internal import HIServing

/// What the server says of itself and of its models, in both front ends.
enum ServerFacts {
  static let name = "swift-hierarchical-inference"
  static let version = "1"
  static let extensions = [
    "classification", "binary_tensor_data", "model_configuration", "model_repository", "statistics",
  ]
  static let platform = "onnxruntime_onnx"
  static let backend = "onnxruntime"
}

/// A tensor of a model's metadata.
struct TensorFact: Equatable {
  let name: String
  let datatype: TensorDatatype
  /// One sample's; the batch axis, -1, comes before it.
  let sampleShape: [Int]

  var shape: [Int] { [-1] + sampleShape }
}

extension ModelInterface {
  /// The one input.
  var inputFact: TensorFact {
    TensorFact(name: inputName, datatype: inputDatatype, sampleShape: shape)
  }

  /// The outputs.
  var outputFacts: [TensorFact] {
    Output.allCases.map {
      TensorFact(
        name: $0.rawValue, datatype: $0.datatype, sampleShape: $0.shape(classes: classes.count))
    }
  }
}

/// A model version's counts, as the statistics extension names them.
struct StatisticsFact {
  /// What a request's time is spent on.
  enum Part: String {
    case success, fail, queue
    case computeInput = "compute_input"
    case computeInfer = "compute_infer"
    case computeOutput = "compute_output"
  }

  /// How many, and nanoseconds in all.
  typealias Duration = (part: Part, count: Int, nanoseconds: UInt64)

  let name: String
  let version: String
  let inferenceCount: Int
  let executionCount: Int
  let durations: [Duration]

  init(_ snapshot: ModelSnapshot) {
    name = snapshot.name
    version = snapshot.version
    inferenceCount = snapshot.samples
    executionCount = snapshot.executions
    let requests = snapshot.requests
    durations = [
      Self.duration(.success, snapshot.requestTime, count: requests.answered),
      (.fail, requests.failed + requests.expired + requests.overloaded, 0),
      Self.duration(.queue, snapshot.queueTime, count: snapshot.queueTime.count),
      (.computeInput, 0, 0),
      Self.duration(.computeInfer, snapshot.computeTime, count: snapshot.computeTime.count),
      (.computeOutput, 0, 0),
    ]
  }

  private static func duration(_ part: Part, _ times: Histogram, count: Int) -> Duration {
    (part, count, UInt64(max(0, times.sum) * 1e9))
  }
}
