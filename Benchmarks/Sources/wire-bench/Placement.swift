import CThreadPlacement
import Foundation

/// Which cores the two sides of a round trip run on.
///
/// A thread that is woken on another core, which has gone to sleep, starts tens of microseconds later on a
/// virtual machine; one that is woken on the waker's core starts at once. So round trips are only worth
/// comparing where their threads stand alike, and left to itself the system puts some here and others there.
enum Placement: String, CaseIterable {
  /// Both sides share one core.
  case oneCore = "both sides on one core"
  /// Each side has a core of its own.
  case twoCores = "a core for each side"
  /// Wherever the system puts them.
  case anywhere = "wherever the system puts them"

  /// What the threads of the answering side are called, in the beginning: a server's event loops, its
  /// inference threads, and the threads of ``BareEcho``.
  private static let answering = ["NIO-ELT-", "hi-", "echo"]

  /// Those that this machine has.
  static let all: [Placement] = cores.count > 1 ? allCases : [.anywhere]

  /// The cores that this process may use; none where that cannot be chosen.
  private static let cores: [CInt] = {
    var cores = [CInt](repeating: 0, count: 1024)
    let count = hi_usable_cores(&cores, CInt(cores.count))
    return Array(cores.prefix(Int(count)))
  }()

  /// Puts all threads that there are now where they belong; those that they start later stand with them.
  func take() {
    guard Self.cores.count > 1 else { return }
    for thread in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? [] {
      let name = try? String(contentsOfFile: "/proc/self/task/\(thread)/comm", encoding: .utf8)
      // One that has ended meanwhile needs no place.
      guard let name, let thread = CInt(thread) else { continue }
      let cores = cores(forThread: name)
      _ = hi_place_thread(thread, cores, CInt(cores.count))
    }
  }

  private func cores(forThread name: String) -> [CInt] {
    switch self {
    case .oneCore: [Self.cores[0]]
    case .twoCores:
      Self.answering.contains { name.hasPrefix($0) } ? [Self.cores[1]] : [Self.cores[0]]
    case .anywhere: Self.cores
    }
  }
}
