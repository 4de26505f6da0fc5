/// The model behind the wire and raw ports, whose requests name none.
struct WireTarget: Sendable {
  /// What a client is told while the model is unloaded.
  static let notLoaded = "The server's model is not loaded: load it, or ask another server."

  let repository: ModelRepository
  let name: String

  /// The newest version that is loaded now.
  var model: ServedModel? { repository.model(named: name) }
}
