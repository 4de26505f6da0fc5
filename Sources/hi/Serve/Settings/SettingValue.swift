/// A value in a file of settings.
enum SettingValue: Decodable, Equatable, CustomStringConvertible {
  case flag(Bool)
  /// A number as it is typed, or a text.
  case text(String)
  case texts([String])
  case other

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let flag = try? value.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? value.decode(Int.self) {
      self = .text("\(number)")
    } else if let number = try? value.decode(Double.self) {
      self = .text("\(number)")
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let texts = try? value.decode([String].self) {
      self = .texts(texts)
    } else {
      self = .other
    }
  }

  var description: String {
    switch self {
    case .flag(let flag): "\(flag)"
    case .text(let text): "'\(text)'"
    case .texts: "a list"
    case .other: "that"
    }
  }
}
