public import HIPlanning

/// No meter: the mean power that the paper measured on a device, over the time measured here.
///
/// The power of local work is the mean over the catalogue's models on that device of energy over latency;
/// that of an offload is the catalogue's offload's. Both are of the whole device.
public struct CatalogueMeter: EnergyMeter {
  /// The mean power, in mW.
  public let powerMw: Double
  /// "catalogue (Raspberry Pi 4B)".
  public let name: String

  /// The power of local inference on a device, nil where the catalogue has no energies of it.
  public static func localWork(
    on device: String, in catalogue: DeviceCatalogue
  ) throws(CostError) -> CatalogueMeter? {
    let named = try catalogue.device(device)
    let powers = catalogue.deployments.filter { $0.device == device }.compactMap { figures in
      figures.energyMj.map { $0 / figures.latencyMs * 1000 }
    }
    guard !powers.isEmpty else { return nil }
    return CatalogueMeter(
      powerMw: powers.reduce(0, +) / Double(powers.count), name: "catalogue (\(named.name))")
  }

  /// The power of an offload of a CIFAR-10 image, nil where the catalogue has no energy of it.
  public static func offload(
    on device: String, in catalogue: DeviceCatalogue
  ) throws(CostError) -> CatalogueMeter? {
    let named = try catalogue.device(device)
    let figures = try catalogue.offload(device: device, dataset: "cifar-10")
    return figures.energyMj.map {
      CatalogueMeter(
        powerMw: $0 / figures.latencyMs * 1000, name: "catalogue (\(named.name), \(figures.link))")
    }
  }

  /// Other figures and an equation.
  public var source: FigureSource { .modelled }
  /// Any interval will do.
  public var shortestInterval: Duration { .zero }

  /// Looks at the clock.
  public func start() -> any EnergyInterval { CatalogueInterval(powerMw: powerMw, begin: .now) }
}

private struct CatalogueInterval: EnergyInterval {
  let powerMw: Double
  let begin: ContinuousClock.Instant

  func finish() -> EnergyReading {
    let duration = ContinuousClock.now - begin
    return EnergyReading(energyMj: powerMw * (duration / .seconds(1)), duration: duration)
  }
}
