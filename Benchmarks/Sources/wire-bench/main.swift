import Foundation
import HIData
import HIModels
import HIServing
import HITransport
import Synchronization

// Offload round trip and ping against a bare blocking echo, interleaved in one run, and the server's
// throughput against raw ONNX Runtime on as many threads.
//
// Usage: wire-bench [MODEL.himodel] [--rounds N]

let arguments = CommandLine.arguments.dropFirst()
let rounds = arguments.firstIndex(of: "--rounds").flatMap { Int(arguments[$0 + 1]) } ?? 3000
let bundlePath = arguments.first { $0.hasSuffix(".himodel") }

// Everything runs off the main actor: its executor is not how a program under load calls the client.
await Task.detached {
  do {
    try await latency(
      "constant model", backend: ConstantBackend(),
      sample: Sample(
        elementType: .uint8, shape: [3, 32, 32], bytes: .init(repeating: 9, count: 3072))!)
    if let bundlePath {
      let bundle = try ModelBundle(at: bundlePath)
      let library = try RuntimeLibrary()
      let input = bundle.manifest.input
      let count = Sample.byteCount(elementType: input.elementType, shape: input.shape) ?? 0
      let sample = Sample(
        elementType: input.elementType, shape: input.shape,
        bytes: (0..<count).map { UInt8(truncatingIfNeeded: $0) })!
      try await latency(
        bundle.manifest.name, backend: try BundleBackend(bundle: bundle, library: library),
        sample: sample)
      try await throughput(bundle, library, sample)
    }
  } catch {
    FileHandle.standardError.write(Data("\(error)\n".utf8))
    exit(1)
  }
}.value

/// Round trips of each placement of the two sides, each against its own echoes.
@Sendable func latency(
  _ name: String, backend untimed: any InferenceBackend, sample: Sample
) async throws {
  let backend = TimedBackend(untimed)
  var configuration = HIServerConfiguration()
  configuration.workers = 1
  let server = try await HIServer.start(backend: backend, configuration: configuration)
  let client = WireRemoteModel(endpoint: server.endpoint)
  var modelTimes: [Double] = []
  for _ in 0..<50 {
    _ = try await client.classify(sample, deadline: .seconds(10))
    modelTimes.append(microseconds(backend.lastInference))
  }
  let echoes = try await Echoes(
    of: sample, work: .microseconds(Int(median(modelTimes))))
  print("\(name), \(sample.bytes.count) bytes a sample, medians of \(rounds) round trips")
  for placement in Placement.all {
    placement.take()
    var times = RoundTrips()
    for round in 0..<(rounds / 50 + 4) {
      try await times.run(50, client, backend, sample, echoes, isCounted: round >= 4)
    }
    times.show(placement)
  }
  Placement.anywhere.take()
  try await echoes.close()
  await client.close()
  await server.shutdown(drain: .seconds(5))
}

/// Inferences a second: eight connections with one request each in flight, and raw ONNX Runtime.
@Sendable func throughput(
  _ bundle: ModelBundle, _ library: RuntimeLibrary, _ sample: Sample
) async throws {
  let workers = ProcessInfo.processInfo.activeProcessorCount
  var configuration = HIServerConfiguration()
  configuration.workers = workers
  let server = try await HIServer.start(
    backend: try BundleBackend(bundle: bundle, library: library), configuration: configuration)
  let clients = (0..<8).map { _ in WireRemoteModel(endpoint: server.endpoint) }
  var served: [Double] = []
  var raw: [Double] = []
  let models = try (0..<workers).map { _ in
    Handed(model: try StagedModel(bundle: bundle, library: library, threads: 1))
  }
  for round in 0..<6 {
    let servedRate = try await rate(seconds: 1) { until in
      try await withThrowingTaskGroup(of: Int.self) { group in
        for client in clients {
          for _ in 0..<2 {
            group.addTask {
              var count = 0
              while clock.now < until {
                _ = try await client.classify(sample, deadline: .seconds(10))
                count += 1
              }
              return count
            }
          }
        }
        return try await group.reduce(0, +)
      }
    }
    let rawRate = await rate(seconds: 1) { until in
      let total = Mutex(0)
      let group = DispatchGroup()
      for handed in models {
        group.enter()
        Thread.detachNewThread {
          var count = 0
          while clock.now < until {
            guard (try? handed.model.logits(for: sample)) != nil else { break }
            count += 1
          }
          total.withLock { $0 += count }
          group.leave()
        }
      }
      await withCheckedContinuation { done in
        group.notify(queue: .global()) { done.resume() }
      }
      return total.withLock { $0 }
    }
    if round > 0 {
      served.append(servedRate)
      raw.append(rawRate)
    }
  }
  print(
    "\(bundle.manifest.name), \(workers) inference threads, batch 1, medians of \(served.count)")
  print(
    "  rounds, served/raw: "
      + zip(served, raw).map { "\(Int($0))/\(Int($1))" }.joined(separator: " "))
  line("  raw ONNX Runtime", median(raw), "/s")
  line("  server, 8 connections, client on the same machine", median(served), "/s")
  line("  share", 100 * median(served) / median(raw), "% ", "goal >= 85")
  for client in clients { await client.close() }
  await server.shutdown(drain: .seconds(5))
}

@Sendable func rate(
  seconds: Int, _ body: (ContinuousClock.Instant) async throws -> Int
) async rethrows -> Double {
  let start = clock.now
  let count = try await body(start + .seconds(seconds))
  return Double(count) / microseconds(clock.now - start) * 1e6
}

/// A model that is used by one thread at a time: the rounds take turns.
struct Handed: @unchecked Sendable {
  let model: StagedModel
}
