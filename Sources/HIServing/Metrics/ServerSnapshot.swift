/// What a server has counted, and how it stands, at one moment.
public struct ServerSnapshot: Sendable, Equatable {
  /// How long the server has been running.
  public let uptime: Duration
  /// Connections and answers of the wire and raw ports.
  public let counts: ServerCounts
  /// How many connections are open now, on the wire and raw ports.
  public let openConnections: Int
  /// One entry for each model version that is loaded, by name and then from oldest to newest version.
  public let models: [ModelSnapshot]
}
