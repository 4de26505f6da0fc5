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

  /// An option's values, and where they come from.
  struct Setting: Equatable {
    let flag: String
    let values: [String]
    let source: String
  }

  /// What all variables begin with.
  static let prefix = "HI_SERVE_"
  /// What the arguments without a name are called in the environment and in a file.
  static let bundles = "bundles"

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

    var settings = try Self.settings(in: environment, options)
    path = path ?? settings.first { $0.flag == "config" }?.values.first
    settings.removeAll { $0.flag == "config" }
    if let path {
      settings += try Self.settings(in: Self.object(file(path), path), options, path: path)
    }
    // Bundles have no name to look for; a folder of models in their place overrules them too.
    let modelsAreGiven = isGiven("models") || Self.namesBundles(typed, options)
    var seen: Set<String> = []
    self.settings = settings.filter { setting in
      let isModels = setting.flag == Self.bundles || setting.flag == "models"
      let role = isModels ? Self.bundles : setting.flag
      let isFirst = seen.insert(role).inserted
      return isFirst && !(isModels ? modelsAreGiven : isGiven(setting.flag))
    }
  }

  /// As they are typed.
  var arguments: [String] {
    settings.filter { $0.flag != Self.bundles }.flatMap { setting in
      setting.values.isEmpty
        ? ["--\(setting.flag)"] : setting.values.flatMap { ["--\(setting.flag)", $0] }
    } + settings.filter { $0.flag == Self.bundles }.flatMap(\.values)
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
        let values =
          option.flag == bundles ? text.split(separator: ":").map(String.init) : [text]
        settings.append(Setting(flag: option.flag, values: values, source: name))
        continue
      }
      switch text.lowercased() {
      case "true", "1": settings.append(Setting(flag: option.flag, values: [], source: name))
      case "false", "0", "": break
      default:
        throw CommandFailure("The environment variable \(name) is true or false, not '\(text)'.")
      }
    }
    return settings
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
        if isOn { settings.append(Setting(flag: option.flag, values: [], source: path)) }
      case _ where option.isSwitch: throw wrong("true or false")
      case .texts(let texts) where option.flag == bundles:
        settings.append(Setting(flag: option.flag, values: texts, source: path))
      case _ where option.flag == bundles: throw wrong("a list of paths")
      case .text(let text):
        settings.append(Setting(flag: option.flag, values: [text], source: path))
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
