internal import Foundation
internal import HIModels

/// Which models a repository has and how they stand. A value: changes are made under a lock.
struct RepositoryState {
  struct Entry {
    var version: String
    /// What is served; nil where it is unavailable.
    var model: ServedModel?
    /// What `model` was made of; nil for a backend.
    var bundle: ModelBundle?
    /// Where the source had it.
    var place: String?
    var reason = ""
  }

  /// The names in the source's order; the first is the default.
  private(set) var names: [String] = []
  /// By name, from the oldest version to the newest.
  private var entries: [String: [Entry]] = [:]
  /// What the source has that is no model.
  var passedOver: [String] = []
  var isClosed = false

  /// A loaded model; the newest loaded version unless one is named.
  func model(named name: String, version: String?) -> ServedModel? {
    guard let versions = entries[name] else { return nil }
    guard let version else { return versions.last { $0.model != nil }?.model }
    return versions.first { $0.version == version }?.model
  }

  /// All loaded models.
  var models: [ServedModel] { names.flatMap { entries[$0] ?? [] }.compactMap(\.model) }

  var index: [RepositoryEntry] {
    names.flatMap { name in
      (entries[name] ?? []).map {
        RepositoryEntry(
          name: name, version: $0.version, state: $0.model == nil ? .unavailable : .ready,
          reason: $0.reason)
      }
    }
  }

  func entry(_ id: ModelID) -> Entry? { entries[id.name]?.first { $0.version == id.version } }

  mutating func set(_ entry: Entry, named name: String) {
    if !names.contains(name) { names.append(name) }
    var versions = entries[name] ?? []
    versions.removeAll { $0.version == entry.version }
    versions.append(entry)
    versions.sort { $0.version.compare($1.version, options: .numeric) == .orderedAscending }
    entries[name] = versions
  }

  /// Whether a version of this model is served from a place.
  func serves(_ name: String, from place: String) -> Bool {
    entries[name]?.contains { $0.model != nil && $0.place == place } ?? false
  }

  /// Notes that what is at a place now cannot be served: with the models that are served from there,
  /// whatever name and version the new one has, or else with the new one.
  ///
  /// - Returns: the models that it was noted with.
  mutating func fail(_ id: ModelID, from place: String, reason: String) -> [ModelID] {
    var concerned: [ModelID] = []
    for name in names {
      for entry in entries[name] ?? [] where entry.model != nil && entry.place == place {
        concerned.append(ModelID(name: name, version: entry.version))
      }
    }
    if concerned.isEmpty { concerned = [id] }
    for id in concerned {
      var entry = entry(id) ?? Entry(version: id.version)
      entry.reason = reason
      set(entry, named: id.name)
    }
    return concerned
  }

  /// Forgets what is not among the candidates; gives what it was.
  mutating func keepOnly(_ kept: Set<ModelID>) -> [ModelID] {
    var gone: [ModelID] = []
    for name in names {
      let versions = entries[name] ?? []
      gone += versions.map { ModelID(name: name, version: $0.version) }.filter {
        !kept.contains($0)
      }
      entries[name] = versions.filter { kept.contains(ModelID(name: name, version: $0.version)) }
    }
    names.removeAll { entries[$0]?.isEmpty ?? true }
    return gone
  }

  /// Takes every version of a model out of service; false where there is no such model.
  mutating func unload(_ name: String, reason: String) -> Bool {
    guard let versions = entries[name] else { return false }
    entries[name] = versions.map { Entry(version: $0.version, reason: reason) }
    return true
  }
}
