public import HIData

/// What a bundle's `manifest.json` says: what the model takes, what its stages are, what it was
/// trained on.
public struct ModelManifest: Sendable, Equatable, Codable {
  /// The schema that this version reads and writes.
  public static let currentSchema = "hi.model/1"

  /// The form of the manifest, ``currentSchema``.
  public var schema: String
  /// What the model is called.
  public var name: String
  /// Which version of it this is.
  public var version: String
  /// What it is, in a sentence.
  public var description: String
  /// The class names; a prediction is an index into them.
  public var classes: [String]
  /// What one sample is, and how it becomes the first stage's tensor.
  public var input: Input
  /// The stages in the order in which they run; each has an exit.
  public var stages: [Stage]
  /// The arithmetic of the whole model.
  public var precision: Precision
  /// How it was trained, in the training tool's own form.
  public var training: JSONValue?
  /// How accurate its exits are.
  public var accuracy: [ExitAccuracy]?

  /// What one sample is.
  public struct Input: Sendable, Equatable, Codable {
    /// The sizes of the dimensions, without a batch; three of them, for example `[1, 28, 28]`.
    public var shape: [Int]
    /// Which dimension is the channel.
    public var layout: Layout
    /// The type of a sample's elements.
    public var elementType: ElementType
    /// The type of the first stage's input tensor.
    public var tensorType: ElementType
    /// What happens to each element on the way, or nil for a plain conversion.
    public var normalisation: Normalisation?
    /// How an image of another size becomes a sample; nil resizes to the sample's size, bilinear.
    public var preparation: ImagePreparation?
  }

  /// The order of a sample's dimensions.
  public enum Layout: String, Sendable, Codable {
    /// Channel, row, column.
    case channelsFirst = "CHW"
    /// Row, column, channel.
    case channelsLast = "HWC"
  }

  /// `(x * scale - mean[channel]) / standardDeviation[channel]`, in single precision.
  public struct Normalisation: Sendable, Equatable, Codable {
    /// What an element is multiplied by first, for example 1/255.
    public var scale: Float
    /// What is taken off, one value a channel.
    public var mean: [Float]
    /// What the rest is divided by, one value a channel.
    public var standardDeviation: [Float]
  }

  /// One ONNX file of the bundle.
  public struct Stage: Sendable, Equatable, Codable {
    /// The file's name in the bundle's folder.
    public var file: String
    /// The SHA-256 of the file, in lower-case hexadecimal.
    public var sha256: String
    /// The file's size.
    public var bytes: Int
    /// The name of the tensor that it takes.
    public var input: String
    /// The name of the tensor that it hands to the next stage; nil for the last stage.
    public var hidden: String?
    /// The name of its exit's logits, one value a class.
    public var logits: String
    /// The multiply-accumulate operations of one sample, this stage's alone.
    public var multiplyAccumulates: Int
    /// The parameters of this stage.
    public var parameters: Int
    /// The arithmetic of this stage.
    public var precision: Precision
  }

  /// The arithmetic that a model's weights are stored for.
  public enum Precision: String, Sendable, Codable {
    /// IEEE 754 single precision.
    case fp32
    /// IEEE 754 half precision.
    case fp16
    /// 8-bit integers.
    case int8
  }

  /// How accurate an exit was on a split.
  public struct ExitAccuracy: Sendable, Equatable, Codable {
    /// Which exit, from 1.
    public var exit: Int
    /// Which split, for example `test`.
    public var split: String
    /// How many samples were classified.
    public var samples: Int
    /// How many of them rightly.
    public var correct: Int
    /// `correct / samples`.
    public var accuracy: Double
    /// The 95% confidence interval, lower and upper end.
    public var interval95: [Double]
  }
}
