/// A request to infer, whichever front end it came by.
public struct OpenInferenceRequest: Sendable, Equatable {
  /// Echoed in the response; empty where the client gave none.
  public var id = ""
  /// When the client stops to wait, from the request's arrival; nil for no limit.
  public var timeout: Duration?
  /// Whether it goes before others.
  public var isUrgent = false
  /// The tensors to run on.
  public var inputs: [Tensor]
  /// The tensors wanted, in their order; empty for all of them.
  public var outputs: [RequestedOutput]

  /// Makes a request.
  public init(inputs: [Tensor], outputs: [RequestedOutput] = []) {
    self.inputs = inputs
    self.outputs = outputs
  }
}

/// A tensor that a request wants in its response.
public struct RequestedOutput: Sendable, Equatable {
  /// What the model calls it.
  public let name: String
  /// Where it is positive, the tensor is wanted as so many of its highest values with their classes.
  public var classification = 0
  /// Whether it goes into the binary part of an HTTP response; nil leaves it to the request.
  public var isBinary: Bool?

  /// Makes a wish.
  public init(name: String, classification: Int = 0, isBinary: Bool? = nil) {
    self.name = name
    self.classification = classification
    self.isBinary = isBinary
  }
}

/// The response to a request to infer.
public struct OpenInferenceResponse: Sendable, Equatable {
  /// The model that answered.
  public let model: String
  /// Its version.
  public let version: String
  /// The request's.
  public let id: String
  /// The tensors that the request wanted, in its order.
  public let outputs: [Tensor]

  /// Makes a response.
  public init(model: String, version: String, id: String, outputs: [Tensor]) {
    self.model = model
    self.version = version
    self.id = id
    self.outputs = outputs
  }

  /// How many bytes its outputs have together.
  var byteCount: Int { outputs.reduce(0) { $0 + $1.bytes.count } }
}
