/// A supply rail whose power a sensor chip shows in the kernel's hwmon tree.
struct PowerRail: Sendable, Equatable {
  /// How a rail's power is read.
  enum Figure: Sendable, Equatable {
    /// `powerN_input`, in µW.
    case power(CounterFile)
    /// `inN_input` in mV times `currN_input` in mA.
    case product(voltage: CounterFile, current: CounterFile)
  }

  /// The chip: "ina3221".
  let chip: String
  /// What the board's maker calls the rail: "VDD_IN".
  let label: String
  let figure: Figure

  /// The power now, in mW.
  func milliwatts() throws(MeterError) -> Double {
    switch figure {
    case .power(let microwatts): Double(try microwatts.number()) / 1000
    case .product(let voltage, let current):
      Double(try voltage.number()) * Double(try current.number()) / 1000
    }
  }
}

extension PowerRail {
  /// Chips that measure a board's supply. The sensors of a GPU or a core see a part of the device.
  private static let chips = ["ina", "ltc", "isl28022", "pac19", "power_meter"]
  /// Labels of rails that feed the whole device, as NVIDIA's boards have them.
  private static let wholeDevice = ["VDD_IN", "POM_5V_IN", "VIN_SYS_5V0", "SYS_5V0"]

  /// The rails that make up the device's power: the one that feeds the whole of it where a label says
  /// so, for the others lie behind it; otherwise all of them.
  ///
  /// - Parameter root: where the kernel's device tree is; `/sys`.
  static func supply(root: String) throws(MeterError) -> [PowerRail] {
    let folder = root + "/class/hwmon"
    var rails: [PowerRail] = []
    for entry in CounterFile.names(in: folder) {
      let path = folder + "/" + entry
      guard let chip = try? CounterFile(path: path + "/name").text(),
        chips.contains(where: chip.hasPrefix)
      else { continue }
      rails += Self.rails(of: chip, in: path)
    }
    guard !rails.isEmpty else { throw .notFound(meter: "hwmon power sensor", looked: folder) }
    return rails.first { wholeDevice.contains($0.label) }.map { [$0] } ?? rails
  }

  /// A chip's rails: its powers, or where it shows none the channels with a voltage and a current.
  private static func rails(of chip: String, in folder: String) -> [PowerRail] {
    func file(_ name: String) -> CounterFile { CounterFile(path: folder + "/" + name) }
    func label(_ names: String...) -> String {
      for name in names {
        if let text = try? file(name).text(), !text.isEmpty { return text }
      }
      return chip
    }
    // An INA3221 has three channels; its inputs 4 to 7 are shunt voltages and sums.
    let channels = 1...(chip == "ina3221" ? 3 : 16)
    let powers = channels.compactMap { channel -> PowerRail? in
      let input = file("power\(channel)_input")
      return input.exists
        ? PowerRail(chip: chip, label: label("power\(channel)_label"), figure: .power(input)) : nil
    }
    guard powers.isEmpty else { return powers }
    return channels.compactMap { channel in
      let voltage = file("in\(channel)_input")
      let current = file("curr\(channel)_input")
      let isOff = (try? file("in\(channel)_enable").text()) == "0"
      guard voltage.exists, current.exists, !isOff else { return nil }
      return PowerRail(
        chip: chip, label: label("in\(channel)_label", "curr\(channel)_label"),
        figure: .product(voltage: voltage, current: current))
    }
  }
}
