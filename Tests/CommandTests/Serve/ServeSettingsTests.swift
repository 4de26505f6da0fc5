import Foundation
import Testing

@testable import hi

/// What `hi serve` takes from the environment and from a file.
@Suite struct ServeSettingsTests {
  private let options = [
    ServeSettings.Option(flag: "port", isSwitch: false),
    ServeSettings.Option(flag: "http-port", isSwitch: false),
    ServeSettings.Option(flag: "max-batch", isSwitch: false),
    ServeSettings.Option(flag: "models", isSwitch: false),
    ServeSettings.Option(flag: "config", isSwitch: false),
    ServeSettings.Option(flag: "insecure", isSwitch: true),
    ServeSettings.Option(flag: "upstream", isSwitch: false, isRepeating: true),
    ServeSettings.Option(flag: ServeSettings.bundles, isSwitch: false, isRepeating: true),
  ]

  private func arguments(
    _ typed: [String] = [], environment: [String: String] = [:], file: String? = nil
  ) throws -> [String] {
    let typed = typed + (file == nil ? [] : ["--config", "file.json"])
    return try ServeSettings(
      arguments: typed, options: options, environment: environment,
      file: { path in
        #expect(path == "file.json")
        return Data((file ?? "").utf8)
      }
    ).arguments
  }

  @Test func aFlagGoesBeforeAVariableAndThatBeforeTheFile() throws {
    let file = #"{"port": 1, "httpPort": 2, "maxBatch": 3}"#
    #expect(
      try arguments(
        ["--port", "30"], environment: ["HI_SERVE_PORT": "20", "HI_SERVE_HTTP_PORT": "21"],
        file: file) == ["--http-port", "21", "--max-batch", "3"])
    #expect(
      try arguments(["--http-port=4"], file: file) == ["--max-batch", "3", "--port", "1"])
  }

  @Test func aFileCanBeNamedByAVariableAndSwitchesAreTrueOrFalse() throws {
    let file = #"{"insecure": true, "bundles": ["a.himodel", "b.himodel"]}"#
    let settings = try ServeSettings(
      arguments: [], options: options, environment: ["HI_SERVE_CONFIG": "x.json", "PATH": "/bin"],
      file: { _ in Data(file.utf8) })
    #expect(settings.arguments == ["--insecure", "a.himodel", "b.himodel"])
    #expect(try arguments(environment: ["HI_SERVE_INSECURE": "false"]) == [])
    #expect(try arguments(environment: ["HI_SERVE_INSECURE": "1"]) == ["--insecure"])
    #expect(try arguments(environment: ["HI_SERVE_BUNDLES": "a:b"]) == ["a", "b"])
  }

  @Test(
    arguments: ["insecure", "fixed-models", "record-inputs", "hedge"], ["false", "FALSE", "0", ""])
  func aSwitchThatAVariableTurnsOffOverrulesTheFile(flag: String, off: String) throws {
    let option = ServeSettings.Option(flag: flag, isSwitch: true)
    func arguments(_ environment: [String: String]) throws -> [String] {
      let file = Data(#"{"\#(option.key)": true}"#.utf8)
      return try ServeSettings(
        arguments: ["--config", "file.json"], options: [option], environment: environment,
        file: { _ in file }
      ).arguments
    }
    #expect(try arguments([option.variable: off]) == [])
    #expect(try arguments([:]) == ["--\(flag)"])
  }

  @Test func aSwitchThatIsOffInTheFileIsOverruledByAVariable() throws {
    #expect(
      try arguments(environment: ["HI_SERVE_INSECURE": "true"], file: #"{"insecure": false}"#)
        == ["--insecure"])
  }

  @Test(arguments: [["b.himodel"], ["--port", "1", "b.himodel"], ["--models", "folder"]])
  func bundlesThatAreTypedStandInForThoseOfTheFile(typed: [String]) throws {
    #expect(try arguments(typed, file: #"{"bundles": ["a.himodel"]}"#) == [])
    #expect(try arguments(typed, environment: ["HI_SERVE_MODELS": "other"]) == [])
  }

  @Test func aVariableOfBundlesStandsInForTheFilesFolder() throws {
    #expect(
      try arguments(environment: ["HI_SERVE_BUNDLES": "a"], file: #"{"models": "folder"}"#) == ["a"]
    )
  }

  @Test(arguments: [
    (#"{"htpPort": 1}"#, "did you mean httpPort?"),
    (#"{"http-port": 1}"#, "did you mean httpPort?"),
    (#"{"config": "x"}"#, "no option"), (#"{"xyzzy": 1}"#, "there are bundles, "),
    (#"{"insecure": 1}"#, "takes true or false"), (#"{"port": true}"#, "takes a number or a text"),
    (#"{"port": null}"#, "takes a number or a text"), (#"{"bundles": true}"#, "takes a list"),
    (#"{"upstream": ["a", 1]}"#, "takes a list"), (#"{"port": [1]}"#, "takes a number or a text"),
    (#"{"bundles": ["a"], "models": "b"}"#, "both in file.json: give one of the two"),
    ("[1]", "not a JSON object"), ("{", "not a JSON object"),
  ])
  func aFileThatIsWrongIsRefused(file: String, saying words: String) {
    let error = #expect(throws: CommandFailure.self) { try arguments(file: file) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("file.json") == true)
  }

  @Test(arguments: [
    ("HI_SERVE_PROT", "1", "did you mean HI_SERVE_PORT?"),
    ("HI_SERVE_INSECURE", "maybe", "true or false, not 'maybe'"),
  ])
  func aVariableThatIsWrongIsRefused(name: String, value: String, saying words: String) {
    let error = #expect(throws: CommandFailure.self) {
      try arguments(environment: [name: value])
    }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test func anOptionThatCanBeGivenAgainIsAListInTheFileAndWordsInAVariable() throws {
    let both = ["--upstream", "his://a:9000", "--upstream", "his://b:9000"]
    let file = #"{"upstream": ["his://a:9000", "his://b:9000"]}"#
    #expect(try arguments(file: file) == both)
    #expect(
      try arguments(environment: ["HI_SERVE_UPSTREAM": "his://a:9000 his://b:9000\n"]) == both)
    #expect(
      try arguments(environment: ["HI_SERVE_UPSTREAM": "hi://c:1"], file: file)
        == ["--upstream", "hi://c:1"])
    #expect(try arguments(["--upstream", "hi://c:1"], file: file) == [])
    #expect(try arguments(file: #"{"upstream": "hi://c:1"}"#) == ["--upstream", "hi://c:1"])
    #expect(try arguments(file: #"{"bundles": "a.himodel"}"#) == ["a.himodel"])
  }

  @Test func variablesOfBundlesAndOfAFolderAreRefusedTogetherUnlessAFlagOverrulesThem() throws {
    let environment = ["HI_SERVE_BUNDLES": "a", "HI_SERVE_MODELS": "b"]
    let error = #expect(throws: CommandFailure.self) { try arguments(environment: environment) }
    #expect(
      error?.description.contains("in HI_SERVE_BUNDLES and HI_SERVE_MODELS") == true,
      "\(error?.description ?? "")")
    #expect(try arguments(["--models", "c"], environment: environment) == [])
  }

  @Test func theProgramReadsThemAndNamesWhereAWrongValueIsFrom() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("serve.json")
    try Data(#"{"port": 70000, "bundles": ["\#(model("fashion-tiny"))"]}"#.utf8)
      .write(to: URL(filePath: path))
    let wrong = try await Command.run("serve", "--config", path)
    #expect(wrong.status == 64)
    #expect(wrong.errors.contains("--port is from \(path)."), "\(wrong.errors)")

    let server = try RunningCommand("serve", "--config", path, "--port", "0")
    #expect(try await server.outputLine().contains("serving fashion-tiny"))
    #expect(try await server.end(SIGTERM) == 0)
  }

  @Test(arguments: ["[::1]", "[::1]:9000"])
  func anAddressInTheBracketsOfAURLIsRefusedAsSuchAndNotAsOpen(host: String) async throws {
    let refused = try await Command.run(
      "serve", model("fashion-tiny"), "--host", host, "--port", "0")
    #expect(refused.status == 1)
    #expect(refused.errors.contains("without the brackets"), "\(refused.errors)")
  }
}
