public import HIModels
public import HITrace

/// Which model, run how: what a policy is bound to.
public struct ModelIdentity: Codable, Sendable, Equatable, CustomStringConvertible {
  /// The model's name.
  public var name: String
  /// What identifies its weights; empty where unknown, and then name and precision have to do.
  public var digest: String
  /// The precision that it runs at.
  public var precision: String
  /// What is done to a sample before the model sees it.
  public var preprocessing: String
  /// Whether it has a second look as its last exit; nil means no.
  public var secondLook: Bool?

  /// Makes an identity.
  public init(
    name: String, digest: String, precision: String, preprocessing: String,
    secondLook: Bool? = nil
  ) {
    self.secondLook = secondLook == true ? true : nil
    self.name = name
    self.digest = digest
    self.precision = precision
    self.preprocessing = preprocessing
  }

  /// The identity of the model that a trace was recorded from.
  public init(_ metadata: TraceMetadata) {
    self.init(
      name: metadata.modelName, digest: metadata.modelDigest, precision: metadata.precision,
      preprocessing: metadata.preprocessing, secondLook: metadata.secondLook)
  }

  /// The identity of a bundle, the same as that of a trace recorded from it.
  public init(_ bundle: ModelBundle, secondLook: Bool = false) {
    self.init(
      name: bundle.manifest.name, digest: "sha256:\(bundle.digest)",
      precision: bundle.manifest.precision.rawValue,
      preprocessing: bundle.manifest.input.summary, secondLook: secondLook)
  }

  /// Whether a policy made for one of the two holds for the other: the same weights at the same
  /// precision behind the same preprocessing.
  public func matches(_ other: ModelIdentity) -> Bool {
    guard precision == other.precision, preprocessing == other.preprocessing,
      (secondLook ?? false) == (other.secondLook ?? false)
    else { return false }
    return digest.isEmpty || other.digest.isEmpty ? name == other.name : digest == other.digest
  }

  /// Short enough for a sentence.
  public var description: String {
    let weights = digest.isEmpty ? "" : ", \(digest.prefix(19))"
    let input = preprocessing.isEmpty ? "" : ", input \(preprocessing)"
    let look = secondLook == true ? ", with a second look" : ""
    return "'\(name)' (\(precision)\(weights)\(input)\(look))"
  }
}
