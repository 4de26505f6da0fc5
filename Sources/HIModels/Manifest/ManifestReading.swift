internal import Foundation
internal import HIData

extension ModelManifest {
  /// Reads and checks a manifest's JSON.
  ///
  /// - Parameters:
  ///   - json: the contents of `manifest.json`.
  ///   - file: names it in errors.
  /// - Throws: ``ModelError`` where it is not JSON, of another schema, contradicts itself or asks for
  ///   something that is not supported.
  public init(json: [UInt8], file: String) throws(ModelError) {
    let data = Data(json)
    // The schema first: a manifest of another one may have another form altogether.
    let schema = try Self.decode(Schema.self, from: data, file: file).schema
    guard schema == Self.currentSchema else { throw .unknownSchema(file: file, found: schema) }
    self = try Self.decode(ModelManifest.self, from: data, file: file)
    try checkInput(file: file)
    try checkStages(file: file)
  }

  private struct Schema: Decodable {
    var schema: String
  }

  private static func decode<Value: Decodable>(
    _ type: Value.Type, from data: Data, file: String
  ) throws(ModelError) -> Value {
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch let error as DecodingError {
      throw .malformedManifest(file: file, reason: reason(error))
    } catch {
      throw .malformedManifest(file: file, reason: "it is not JSON")
    }
  }

  private static func reason(_ error: DecodingError) -> String {
    func place(_ path: [any CodingKey]) -> String {
      path.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)" }.joined()
        .drop { $0 == "." }.description
    }
    switch error {
    case .keyNotFound(let key, let context):
      return "\"\(place(context.codingPath + [key]))\" is missing"
    case .valueNotFound(_, let context):
      return "\"\(place(context.codingPath))\" has no value"
    case .typeMismatch(let type, let context):
      return "\"\(place(context.codingPath))\" is not of type \(type)"
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      return "\"\(place(context.codingPath))\" has a value that is not one of the allowed ones"
    default:
      return "it is not JSON"
    }
  }

  private func checkInput(file: String) throws(ModelError) {
    func require(_ condition: Bool, _ reason: String) throws(ModelError) {
      guard condition else { throw .malformedManifest(file: file, reason: reason) }
    }
    try require(!classes.isEmpty, "\"classes\" is empty")
    try require(
      input.shape.count == 3
        && Sample.byteCount(elementType: input.elementType, shape: input.shape) != nil,
      "\"input.shape\" is \(input.shape) and not three positive sizes")
    if let normalisation = input.normalisation {
      let channels = input.channelCount
      try require(
        normalisation.mean.count == channels && normalisation.standardDeviation.count == channels,
        "\"input.normalisation\" does not have one mean and one standard deviation for each of "
          + "the \(channels) channels")
      try require(
        normalisation.scale.isFinite && normalisation.mean.allSatisfy(\.isFinite)
          && normalisation.standardDeviation.allSatisfy { $0.isFinite && $0 > 0 },
        "\"input.normalisation\" has a value that is not finite or a deviation that is not positive"
      )
    }
    if let side = input.preparation?.shorterSide {
      try require(
        (1...16384).contains(side),
        "\"input.preparation.shorterSide\" is \(side) and not 1 to 16384")
    }
    guard input.tensorType == .float32 else {
      throw .unsupported(
        file: file, found: "the tensor type \(input.tensorType.rawValue)", wanted: "float32")
    }
  }

  private func checkStages(file: String) throws(ModelError) {
    guard !stages.isEmpty else {
      throw .malformedManifest(file: file, reason: "\"stages\" is empty")
    }
    for (index, stage) in stages.enumerated() {
      guard Self.isPlainName(stage.file) else {
        throw .unsafeFileName(file: file, name: stage.file)
      }
      let isLast = index == stages.count - 1
      guard (stage.hidden == nil) == isLast else {
        throw .malformedManifest(
          file: file,
          reason: isLast
            ? "the last stage has a hidden tensor that nothing takes"
            : "stage \(index + 1) has no hidden tensor for the next one")
      }
      guard stage.sha256.utf8.count == 64, stage.sha256.allSatisfy(\.isHexDigit) else {
        throw .malformedManifest(
          file: file, reason: "the sha256 of stage \(index + 1) is not 64 hexadecimal digits")
      }
    }
  }

  /// Whether a name is one path component that stays in its folder.
  private static func isPlainName(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".."
      && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") || $0 == 0 }
  }
}

extension ModelManifest.Input {
  /// How many channels a sample has.
  package var channelCount: Int {
    switch layout {
    case .channelsFirst: shape[0]
    case .channelsLast: shape[shape.count - 1]
    }
  }
}
