public import HIData

/// What a plain ONNX file does not say of itself: how a sample becomes its input, and what its answers
/// mean.
///
///     var input = PlainModelInput()
///     input.mean = [0.485, 0.456, 0.406]
///     input.standardDeviation = [0.229, 0.224, 0.225]
///     let bundle = try ModelBundle(
///       plainModel: "mobilenet.onnx", input: input, classes: nil, library: RuntimeLibrary())
public struct PlainModelInput: Sendable, Equatable {
  /// One sample's sizes without a batch, for example `[3, 224, 224]`; needed where the file leaves them
  /// open.
  public var shape: [Int]?
  /// Which dimension is the channel; nil tells it from the shape: the one of 1 or 3, the first before
  /// the last.
  public var layout: ModelManifest.Layout?
  /// The type of a sample's elements; 8-bit pixels unless set.
  public var elementType = ElementType.uint8
  /// What an element is multiplied by first; 1/255 unless set, which makes 0 to 1 of pixels.
  public var scale: Float = 1 / 255
  /// What is taken off then, one value a channel or one for all.
  public var mean: [Float] = [0]
  /// What the rest is divided by, one value a channel or one for all.
  public var standardDeviation: [Float] = [1]
  /// The tensor of the logits; needed where the file has more than one output.
  public var logits: String?
  /// The arithmetic that the file's weights are stored for.
  public var precision = ModelManifest.Precision.fp32

  /// Pixels from 0 to 255 as numbers from 0 to 1.
  public init() {}

  /// The manifest's form, its channel values repeated where one stands for all.
  func manifestInput(shape: [Int], layout: ModelManifest.Layout) -> ModelManifest.Input {
    var result = ModelManifest.Input(
      shape: shape, layout: layout, elementType: elementType, tensorType: .float32,
      normalisation: nil)
    let channels = result.channelCount
    func spread(_ values: [Float]) -> [Float] {
      values.count == 1 ? Array(repeating: values[0], count: channels) : values
    }
    result.normalisation = ModelManifest.Normalisation(
      scale: scale, mean: spread(mean), standardDeviation: spread(standardDeviation))
    return result
  }
}
