/// One line of a repository's index, as the Open Inference Protocol has it.
public struct RepositoryEntry: Sendable, Equatable {
  /// The model's name.
  public let name: String
  /// Its version.
  public let version: String
  /// Whether it can be asked.
  public let state: ModelState
  /// Why it is unavailable, or why a reload kept what was loaded before; else empty.
  public let reason: String
}

/// Whether a model version can be asked.
public enum ModelState: String, Sendable, Codable {
  /// It is loaded.
  case ready = "READY"
  /// It is not loaded.
  case unavailable = "UNAVAILABLE"
}

/// What a reload did. Each list has `NAME version VERSION`.
public struct ReloadReport: Sendable, Equatable {
  /// New, or loaded again because their files have changed.
  public internal(set) var loaded: [String] = []
  /// Gone from the source.
  public internal(set) var unloaded: [String] = []
  /// As they were.
  public internal(set) var unchanged: [String] = []
  /// What could not be loaded and why, a sentence each; what was loaded before is still served.
  public internal(set) var failures: [RepositoryError] = []
}
