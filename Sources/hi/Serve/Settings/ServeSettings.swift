import Foundation
import HIData

/// Options of `hi serve` that were not given as flags: from the environment, and then from a file.
///
///     HI_SERVE_HTTP_PORT=8000        {"httpPort": 8000}        --http-port 8000
///
/// They become arguments before the command line is read, so that each is checked as a flag is.
struct ServeSettings {
  /// An option as it is spelt in all three places.
  struct Option {
    /// Without its dashes: `http-port`; `bundles` for the arguments that have no name.
    let flag: String
    /// Whether it has no value.
    let isSwitch: Bool
    /// Whether it can be given more than once, and is a list in a file.
    var isRepeating = false

    /// `HI_SERVE_HTTP_PORT`
    var variable: String {
      ServeSettings.prefix + flag.uppercased().replacing("-", with: "_")
    }

    /// `httpPort`
    var key: String {
      let words = flag.split(separator: "-")
      return words.dropFirst().reduce(String(words.first ?? "")) { $0 + $1.capitalized }
    }
  }

  /// What an option is set to, and where that comes from.
  struct Setting: Equatable {
    enum Value: Equatable {
      /// A switch that is off is kept too: it overrules one that is on farther away.
      case isOn(Bool)
      case texts([String])
    }

    let flag: String
    let value: Value
    let source: String
  }

  /// What all variables begin with.
  static let prefix = "HI_SERVE_"
  /// What the arguments without a name are called in the environment and in a file.
  static let bundles = "bundles"
  /// Options that stand in for one another: either says what is served.
  private static let modelChoices: Set<String> = [bundles, "models"]

  /// What was found outside the command line and is not overruled by it.
  let settings: [Setting]

  /// Finds the settings that belong to a command line.
  ///
  /// - Parameters:
  ///   - arguments: those that follow `serve`.
  ///   - file: the content of a file, by its path.
  /// - Throws: ``CommandFailure`` where a name or a value is none.
  init(
    arguments: [String], options: [Option], environment: [String: String],
    file: (String) throws -> Data
  ) throws {
    let typed = arguments.prefix { $0 != "--" }
    func isGiven(_ flag: String) -> Bool {
      typed.contains { $0 == "--\(flag)" || $0.hasPrefix("--\(flag)=") }
    }
    var path: String?
    if let place = typed.firstIndex(of: "--config"), typed.indices.contains(place + 1) {
      path = typed[place + 1]
    } else if let joined = typed.first(where: { $0.hasPrefix("--config=") }) {
      path = String(joined.dropFirst("--config=".count))
    }

    let variables = try Self.settings(in: environment, options)
    let named = variables.first { $0.flag == "config" }?.value
    if path == nil, case .texts(let paths)? = named { path = paths.first }
    var layers = [variables.filter { $0.flag != "config" }]
    if let path {
      layers.append(try Self.settings(in: Self.object(file(path), path), options, path: path))
    }
    var settings: [Setting] = []
    var given = Set(options.map(\.flag).filter(isGiven))
    // Bundles have no name to look for.
    if Self.namesBundles(typed, options) { given.insert(Self.bundles) }
    for layer in layers {
      if !given.isDisjoint(with: Self.modelChoices) { given.formUnion(Self.modelChoices) }
      let new = layer.filter { !given.contains($0.flag) }
      let models = new.filter { Self.modelChoices.contains($0.flag) }
      guard models.count < 2 else {
        let sources = Set(models.map(\.source)).sorted().joined(separator: " and ")
        throw CommandFailure(
          "Model bundles and a folder of them are both in \(sources): give one of the two.")
      }
      settings += new
      given.formUnion(new.map(\.flag))
    }
    self.settings = settings
  }

  /// As they are typed.
  var arguments: [String] {
    var named: [String] = []
    var bundles: [String] = []
    for setting in settings {
      switch setting.value {
      case .isOn(let isOn): named += isOn ? ["--\(setting.flag)"] : []
      case .texts(let texts) where setting.flag == Self.bundles: bundles += texts
      case .texts(let texts): named += texts.flatMap { ["--\(setting.flag)", $0] }
      }
    }
    return named + bundles
  }

  /// Where an option comes from that an error is about; nil where it was typed.
  func source(ofErrorIn message: String) -> String? {
    settings.first { setting in
      message.contains("--\(setting.flag) ") || message.contains("--\(setting.flag)'")
    }.map { "--\($0.flag) is from \($0.source)." }
  }

  // MARK: Reading

  private static func settings(
    in environment: [String: String], _ options: [Option]
  ) throws -> [Setting] {
    var settings: [Setting] = []
    for (name, text) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix(prefix) {
      guard let option = options.first(where: { $0.variable == name }) else {
        throw CommandFailure(
          unknown("The environment variable \(name)", name, options.map(\.variable)))
      }
      guard option.isSwitch else {
        settings.append(
          Setting(flag: option.flag, value: .texts(values(of: option, in: text)), source: name))
        continue
      }
      let isOn: Bool
      switch text.lowercased() {
      case "true", "1": isOn = true
      case "false", "0", "": isOn = false
      default:
        throw CommandFailure("The environment variable \(name) is true or false, not '\(text)'.")
      }
      settings.append(Setting(flag: option.flag, value: .isOn(isOn), source: name))
    }
    return settings
  }

  /// The values that a variable holds: paths with colons between them as in PATH; other lists, which
  /// are of URLs and so have colons themselves, with spaces.
  private static func values(of option: Option, in text: String) -> [String] {
    guard option.isRepeating else { return [text] }
    let parts = text.split { option.flag == bundles ? $0 == ":" : $0.isWhitespace }
    return parts.map(String.init)
  }

  private static func settings(
    in object: [String: SettingValue], _ options: [Option], path: String
  ) throws -> [Setting] {
    var settings: [Setting] = []
    for (key, value) in object.sorted(by: { $0.key < $1.key }) {
      guard let option = options.first(where: { $0.key == key && key != "config" }) else {
        throw CommandFailure(
          unknown(
            "The key \"\(key)\" of \(path)", key, options.map(\.key).filter { $0 != "config" }))
      }
      func wrong(_ expected: String) -> CommandFailure {
        CommandFailure("The key \"\(key)\" of \(path) takes \(expected), not \(value).")
      }
      switch value {
      case .flag(let isOn) where option.isSwitch:
        settings.append(Setting(flag: option.flag, value: .isOn(isOn), source: path))
      case _ where option.isSwitch: throw wrong("true or false")
      case .texts(let texts) where option.isRepeating:
        settings.append(Setting(flag: option.flag, value: .texts(texts), source: path))
      case .text(let text):
        settings.append(Setting(flag: option.flag, value: .texts([text]), source: path))
      case _ where option.isRepeating: throw wrong("a list of texts")
      default: throw wrong("a number or a text")
      }
    }
    return settings
  }

  private static func object(_ data: Data, _ path: String) throws -> [String: SettingValue] {
    guard let object = try? JSONDecoder().decode([String: SettingValue].self, from: data) else {
      throw CommandFailure(
        "\(path) is not a JSON object, expected options like {\"port\": 9000}: mend it.")
    }
    return object
  }

  private static func unknown(_ subject: String, _ name: String, _ known: [String]) -> String {
    let near = NearestName.suggestion(for: name, among: known)
    return "\(subject) is no option of `hi serve`; "
      + (near.map { "did you mean \($0)?" }
        ?? "there are \(known.sorted().joined(separator: ", ")).")
  }

  /// Whether there are arguments without a name.
  private static func namesBundles(
    _ typed: ArraySlice<String>, _ options: [Option]
  ) -> Bool {
    var isValue = false
    for argument in typed {
      if isValue {
        isValue = false
      } else if argument.hasPrefix("-") {
        let name = argument.drop { $0 == "-" }
        isValue = options.contains { $0.flag == name && !$0.isSwitch }
      } else {
        return true
      }
    }
    return false
  }
}
