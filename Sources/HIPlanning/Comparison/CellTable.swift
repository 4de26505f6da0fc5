/// Our method beside the paper's for several models, devices and remote models, and what comes of it.
public struct CellTable: Codable, Sendable, Equatable {
  /// One model on one device's costs with one remote model.
  public struct Cell: Codable, Sendable, Equatable {
    /// The local model with early exits.
    public var model: String
    /// The base model that sets the requirement; nil where it is the model's own last exit.
    public var base: String?
    /// The device whose published costs are taken.
    public var device: String
    /// Whose answers an offload gets.
    public var remote: String
    /// Both methods.
    public var comparison: MethodComparison

    /// Makes a cell.
    public init(
      model: String, base: String?, device: String, remote: String, comparison: MethodComparison
    ) {
      self.model = model
      self.base = base
      self.device = device
      self.remote = remote
      self.comparison = comparison
    }
  }

  /// The cells of one remote model together.
  public struct Summary: Codable, Sendable, Equatable {
    /// Whose answers an offload gets.
    public var remote: String
    /// How many cells.
    public var cells: Int
    /// Mean over the cells of the saving in LPI.
    public var latencySaving: Double
    /// Mean over the cells of the saving in EPI; nil where no cell has energies.
    public var energySaving: Double?
    /// Mean over cells and objectives of the share of the gap to the oracle that is closed.
    public var gapClosed: Double
    /// The cells in which ours costs more than the paper's, with the objective.
    public var lost: [String]
    /// What was aimed at and whether it is reached, in a sentence.
    public var statement: String
  }

  /// The saving that is aimed at in the mean of the cells.
  public static let goal = 0.15

  /// `hi.compare/1`.
  public var schema = "hi.compare/1"
  /// The data set.
  public var dataset: String
  /// The split that both halves are of.
  public var split: String
  /// How many samples it has.
  public var samples: Int
  /// How much more accuracy ours was asked for on the calibration halves.
  public var margin: Double
  /// Into how many folds the calibration halves were cut to find that margin; nil where it was given.
  public var folds: Int?
  /// The cells.
  public var cells: [Cell]
  /// Cells that could not be compared, and why, a sentence each.
  public var missing: [String]
  /// One summary a remote model.
  public var summaries: [Summary]

  /// Sums up cells.
  public init(
    dataset: String, split: String, samples: Int, margin: Double, folds: Int? = nil, cells: [Cell],
    missing: [String]
  ) {
    self.margin = margin
    self.folds = folds
    self.dataset = dataset
    self.split = split
    self.samples = samples
    self.cells = cells
    self.missing = missing
    var remotes: [String] = []
    for cell in cells where !remotes.contains(cell.remote) { remotes.append(cell.remote) }
    summaries = remotes.map { remote in
      Summary(remote: remote, cells: cells.filter { $0.remote == remote }, missing: missing.count)
    }
  }
}

extension CellTable.Summary {
  init(remote: String, cells: [CellTable.Cell], missing: Int) {
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    let energies = cells.compactMap(\.comparison.energy)
    self.remote = remote
    self.cells = cells.count
    latencySaving = mean(cells.map(\.comparison.latency.saving))
    energySaving = energies.isEmpty ? nil : mean(energies.map(\.saving))
    gapClosed = mean((cells.map(\.comparison.latency) + energies).map(\.gapClosed))
    lost = cells.flatMap { cell in
      [("latency", cell.comparison.latency), ("energy", cell.comparison.energy)].compactMap {
        name, figures in
        figures.flatMap { $0.saving < 0 ? "\(cell.model) on \(cell.device), \(name)" : nil }
      }
    }
    let least = min(latencySaving, energySaving ?? latencySaving)
    let percent = { (share: Double) in "\((share * 1000).rounded() / 10)%" }
    var sentence =
      "Aimed at: \(percent(CellTable.goal)) less latency and energy in the mean and no cell lost; "
    sentence +=
      least >= CellTable.goal && lost.isEmpty
      ? "reached" : "missed (\(percent(least)), \(lost.count) lost)"
    if missing > 0 { sentence += " in the cells that could be compared" }
    statement = sentence + "."
  }
}
