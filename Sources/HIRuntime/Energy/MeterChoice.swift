public import HIPlanning

/// Which meter is asked for.
public enum MeterRequest: Sendable, Equatable {
  /// The best at hand: RAPL, else hwmon, else the catalogue's figures of the device.
  case automatic
  /// The processor's counters.
  case rapl
  /// The board's sensors.
  case hwmon
  /// A bench instrument.
  case analyser(InstrumentAddress)
  /// No energies.
  case none

  /// Reads what a command was given: auto, rapl, hwmon, none or an instrument's address.
  ///
  /// - Throws: ``MeterError/badAddress(_:)``.
  public init(_ text: String) throws(MeterError) {
    switch text {
    case "auto": self = .automatic
    case "rapl": self = .rapl
    case "hwmon": self = .hwmon
    case "none": self = .none
    default: self = .analyser(try InstrumentAddress(text))
    }
  }
}

/// The meter that is used, and why no better one is.
public struct MeterChoice: Sendable {
  /// For local work; nil where there are no energies.
  public let meter: (any EnergyMeter)?
  /// For offloads; the same but where figures are modelled.
  public let offloadMeter: (any EnergyMeter)?
  /// Why the meters before it were not taken, one sentence each.
  public let passedOver: [String]

  /// Makes a choice by hand.
  public init(
    meter: (any EnergyMeter)?, offloadMeter: (any EnergyMeter)?, passedOver: [String] = []
  ) {
    self.meter = meter
    self.offloadMeter = offloadMeter
    self.passedOver = passedOver
  }

  /// Finds the meter that is asked for, or the best one at hand.
  ///
  /// - Parameters:
  ///   - request: what is asked for; a meter asked for by name is not replaced by another.
  ///   - query: how an analyser is asked for its power.
  ///   - device: the catalogue's id of this device, for modelled energies; nil recognises a Raspberry
  ///     Pi 4B by its device tree.
  ///   - catalogue: the devices that are known.
  ///   - root: where the kernel's device tree is.
  /// - Throws: ``MeterError`` where the meter asked for does not work; `CostError` where the catalogue
  ///   has no such device.
  public static func choose(
    _ request: MeterRequest, query: String = PowerAnalyser.defaultQuery, device: String? = nil,
    catalogue: DeviceCatalogue, root: String = "/sys"
  ) async throws -> MeterChoice {
    func alone(_ meter: any EnergyMeter) -> MeterChoice {
      MeterChoice(meter: meter, offloadMeter: meter)
    }
    switch request {
    case .analyser(let address):
      return alone(try await PowerAnalyser.connect(to: address, query: query))
    case .rapl: return alone(try RaplMeter(root: root))
    case .hwmon: return alone(try HwmonMeter(root: root))
    case .none: return MeterChoice(meter: nil, offloadMeter: nil)
    case .automatic:
      return try best(device: device, catalogue: catalogue, root: root)
    }
  }

  private static func best(
    device: String?, catalogue: DeviceCatalogue, root: String
  ) throws -> MeterChoice {
    var passedOver: [String] = []
    do {
      let meter = try RaplMeter(root: root)
      return MeterChoice(meter: meter, offloadMeter: meter)
    } catch { passedOver.append(error.description) }
    do {
      let meter = try HwmonMeter(root: root)
      return MeterChoice(meter: meter, offloadMeter: meter, passedOver: passedOver)
    } catch { passedOver.append(error.description) }
    guard let device = device ?? recognised(root: root) else {
      passedOver.append(
        "The catalogue does not know this device; name one that is like it with --device.")
      return MeterChoice(meter: nil, offloadMeter: nil, passedOver: passedOver)
    }
    let local = try CatalogueMeter.localWork(on: device, in: catalogue)
    if local == nil { passedOver.append("The catalogue has no energies of '\(device)'.") }
    return MeterChoice(
      meter: local,
      offloadMeter: local == nil ? nil : try CatalogueMeter.offload(on: device, in: catalogue),
      passedOver: passedOver)
  }

  /// The catalogue's id of this machine. A Jetson's power mode is not in its device tree.
  private static func recognised(root: String) -> String? {
    let file = CounterFile(path: root + "/firmware/devicetree/base/model")
    guard let model = try? file.text() else { return nil }
    return model.hasPrefix("Raspberry Pi 4 Model B") ? "raspberry-pi-4b" : nil
  }
}
