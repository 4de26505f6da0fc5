internal import HIData
internal import HIModels
internal import HIServing
internal import HITransport

/// A served model as the protocol's clients see it: one input tensor, and the outputs that every model
/// here has.
struct ModelInterface: Sendable, Equatable {
  /// The input tensor's name.
  let inputName: String
  /// The type of a sample's elements.
  let elementType: ElementType
  /// The shape of one sample.
  let shape: [Int]
  /// The class names.
  let classes: [String]
  /// How images become samples; nil where samples are not 8-bit images.
  let images: ImageInput?

  /// What is needed to make a sample out of an image.
  struct ImageInput: Sendable, Equatable {
    let width: Int
    let height: Int
    let channels: Int
    let isChannelsFirst: Bool
    let preparation: ImagePreparation
  }

  init(_ model: ServedModel) {
    self.init(description: model.description, manifest: model.manifest)
  }

  init(description: ServedModelDescription, manifest: ModelManifest?) {
    inputName = manifest?.stages.first?.input ?? "input"
    elementType = description.elementType
    shape = description.shape
    classes = description.classes
    images = manifest.flatMap { ImageInput($0.input) }
  }

  /// The datatype of the input tensor.
  var inputDatatype: TensorDatatype {
    switch elementType {
    case .uint8: .uint8
    case .int8: .int8
    case .float16: .fp16
    case .float32: .fp32
    }
  }

  /// The outputs of every model, with the number of classes or nil for one value a sample.
  enum Output: String, CaseIterable {
    /// One value a class, of the last exit.
    case logits
    /// The softmax of the logits.
    case probabilities
    /// The class with the highest logit.
    case `class`
    /// Its probability.
    case confidence

    var datatype: TensorDatatype { self == .class ? .int64 : .fp32 }

    /// The sizes of one sample's part.
    func shape(classes: Int) -> [Int] {
      switch self {
      case .logits, .probabilities: [classes]
      case .class, .confidence: []
      }
    }
  }
}

extension ModelInterface.ImageInput {
  /// Gives nil where the input is not an 8-bit image with 1 or 3 channels.
  init?(_ input: ModelManifest.Input) {
    let channels = input.channelCount
    guard input.elementType == .uint8, input.shape.count == 3, channels == 1 || channels == 3 else {
      return nil
    }
    isChannelsFirst = input.layout == .channelsFirst
    self.channels = channels
    height = input.shape[isChannelsFirst ? 1 : 0]
    width = input.shape[isChannelsFirst ? 2 : 1]
    preparation = input.preparation ?? ImagePreparation(shorterSide: nil, filter: .bilinear)
  }
}
