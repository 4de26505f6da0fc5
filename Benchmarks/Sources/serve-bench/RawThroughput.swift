import Foundation
import HIData
import HIModels
import Synchronization

/// Samples a second of ONNX Runtime alone: a thread a core, each with its own session, in a loop.
/// Normalising the sample's bytes is part of it, as it is of serving.
struct RawThroughput: Sendable {
  /// A model that is used by one thread at a time: the rounds take turns.
  private struct Handed: @unchecked Sendable {
    let model: StagedModel
  }

  private let subject: Subject
  private let models: [Handed]

  init(_ subject: Subject) throws {
    self.subject = subject
    models = try (0..<workers).map { _ in
      Handed(model: try StagedModel(bundle: subject.bundle, library: subject.library))
    }
  }

  /// The batch size with the highest throughput, and how to measure it again.
  func measure() throws -> (batch: Int, rate: @Sendable (Double) -> Double) {
    print("\(subject.bundle.manifest.name), raw ONNX Runtime on \(workers) threads")
    let sizes = [1, 2, 4, 8, 16, 32]
    _ = rate(batch: 4, seconds: 0.3)
    var rates: [Int: [Double]] = [:]
    for _ in 0..<3 {
      for size in sizes { rates[size, default: []].append(rate(batch: size, seconds: 0.4)) }
    }
    for size in sizes { line("  batches of \(size)", median(rates[size] ?? [0]), "/s") }
    let best = sizes.max { median(rates[$0] ?? [0]) < median(rates[$1] ?? [0]) } ?? 1
    return (best, { rate(batch: best, seconds: $0) })
  }

  private func rate(batch: Int, seconds length: Double) -> Double {
    let total = Mutex(0)
    let group = DispatchGroup()
    let start = clock.now
    let end = start + .seconds(length)
    let samples = Array(subject.samples.prefix(batch))
    for handed in models {
      group.enter()
      Thread.detachNewThread {
        var count = 0
        while clock.now < end, (try? handed.model.batchLogits(samples)) != nil { count += batch }
        total.withLock { $0 += count }
        group.leave()
      }
    }
    group.wait()
    return Double(total.withLock { $0 }) / seconds(clock.now - start)
  }
}
