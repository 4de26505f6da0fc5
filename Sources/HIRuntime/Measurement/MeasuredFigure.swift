public import HIPlanning

/// What one thing that the device does was found to cost.
public struct MeasuredFigure: Codable, Sendable, Equatable {
  /// `exit1`, `exit2` …, `decision`, `ping` or `offload`.
  public var name: String
  /// How many times it was timed; 0 for a figure from the catalogue.
  public var samples: Int
  /// Its latencies.
  public var latency: LatencySummary
  /// Its energy; nil where nothing says.
  public var energy: EnergySummary?

  /// Makes a figure.
  public init(name: String, samples: Int, latency: LatencySummary, energy: EnergySummary?) {
    self.name = name
    self.samples = samples
    self.latency = latency
    self.energy = energy
  }

  /// The mean cost, with energy 0 where it is not known.
  public var cost: Cost { Cost(latencyMs: latency.meanMs, energyMj: energy?.meanMj ?? 0) }
}

/// What `hi measure` found out.
public struct MeasurementReport: Codable, Sendable, Equatable {
  /// Which meter there was.
  public struct Meter: Codable, Sendable, Equatable {
    /// Its name; nil where there was none.
    public var name: String?
    /// The kind of its figures.
    public var source: FigureSource?
    /// Why the meters before it were not taken.
    public var passedOver: [String]
  }

  /// `hi/1`.
  public var schema = "hi/1"
  /// The local model.
  public var model: String
  /// What it was measured on: a data set's name, or `random`.
  public var dataset: String
  /// How many samples were timed.
  public var samples: Int
  /// How many were run before, untimed.
  public var warmUp: Int
  /// The meter.
  public var meter: Meter
  /// Every exit from the input on, the decision, and with a remote model ping and offload.
  public var figures: [MeasuredFigure]
  /// The means as a profile.
  public var profile: CostProfile
}
