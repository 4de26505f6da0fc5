internal import Foundation

/// The machine that this runs on, in words: no name and no address of it.
enum Machine {
  static var summary: String {
    let process = ProcessInfo.processInfo
    let memory = Double(process.physicalMemory) / 1_073_741_824
    return [
      processor, "\(process.activeProcessorCount) cores", "\(Numeral.short(memory)) GiB of memory",
      process.operatingSystemVersionString,
    ].compactMap { $0 }.joined(separator: ", ")
  }

  /// The processor's name where Linux tells it.
  private static var processor: String? {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else {
      return nil
    }
    let line = text.split(separator: "\n").first {
      $0.hasPrefix("model name") || $0.hasPrefix("Model")
    }
    return line?.split(separator: ":").dropFirst().first.map {
      $0.trimmingCharacters(in: .whitespaces)
    }
  }
}
