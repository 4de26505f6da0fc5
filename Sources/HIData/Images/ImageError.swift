/// Why bytes are not an image that can be used. Each text is one sentence.
public enum ImageError: Error, Sendable, Equatable {
  /// The bytes begin as neither JPEG nor PNG does.
  case unknownFormat(name: String)
  /// The decoder gave up; its words.
  case damaged(name: String, format: String, reason: String)
  /// The image is sound and of a kind that is not read here.
  case unsupported(name: String, found: String, wanted: String)
  /// The image has more pixels than allowed.
  case tooLarge(name: String, width: Int, height: Int, limit: Int)
}

extension ImageError: CustomStringConvertible {
  /// One sentence: what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .unknownFormat(let name):
      "\(name) is neither a JPEG nor a PNG image; send one of these, or the pixels themselves."
    case .damaged(let name, let format, let reason):
      "\(name) is not a sound \(format) image (\(reason)); make or send it again."
    case .unsupported(let name, let found, let wanted):
      "\(name) is \(found) and only \(wanted) is read; convert the image."
    case .tooLarge(let name, let width, let height, let limit):
      "\(name) has \(width) x \(height) pixels and \(limit) are the most; make it smaller."
    }
  }
}
