internal import Foundation
internal import Synchronization

/// An interval in which a power is read again and again, on a thread of its own.
final class PowerSampler: EnergyInterval {
  /// Reads the power, in mW; it may block.
  typealias Read = @Sendable () throws(MeterError) -> Double

  private struct State {
    var series = PowerSeries()
    var failure: MeterError?
    var ended = false
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let meter: String
  private let period: Duration
  private let read: Read
  private let begin: ContinuousClock.Instant
  private let state: Mutex<State>
  private let stop = DispatchSemaphore(value: 0)

  private init(meter: String, period: Duration, read: @escaping Read, first: Double) {
    self.meter = meter
    self.period = period
    self.read = read
    var series = PowerSeries()
    series.add(first, at: 0)
    state = Mutex(State(series: series))
    begin = .now
  }

  /// Takes the first reading and goes on until the interval is finished.
  ///
  /// - Parameters:
  ///   - meter: its name, for errors.
  ///   - period: from the end of a reading to the next.
  static func start(
    meter: String, period: Duration, read: @escaping Read
  ) async throws(MeterError) -> PowerSampler {
    let first = try await onThreadOfItsOwn(read)
    let sampler = PowerSampler(meter: meter, period: period, read: read, first: first)
    Thread.detachNewThread { sampler.readUntilStopped() }
    return sampler
  }

  func finish() async throws(MeterError) -> EnergyReading {
    let duration = ContinuousClock.now - begin
    stop.signal()
    await withCheckedContinuation { waiter in
      let ended = state.withLock { state in
        if !state.ended { state.waiter = waiter }
        return state.ended
      }
      if ended { waiter.resume() }
    }
    let (series, failure) = state.withLock { ($0.series, $0.failure) }
    if let failure { throw failure }
    let seconds = duration / .seconds(1)
    // The first reading was taken before the work began: alone it says nothing of it.
    guard series.count > 1, let mean = series.meanPowerMw(until: seconds) else {
      throw .tooShort(meter: meter, milliseconds: seconds * 1000)
    }
    return EnergyReading(energyMj: mean * seconds, duration: duration)
  }

  private func readUntilStopped() {
    let pause = DispatchTimeInterval.microseconds(Int(period / .microseconds(1)))
    while stop.wait(timeout: .now() + pause) == .timedOut {
      do {
        let milliwatts = try read()
        let seconds = (ContinuousClock.now - begin) / .seconds(1)
        state.withLock { $0.series.add(milliwatts, at: seconds) }
      } catch {
        state.withLock { $0.failure = error }
        break
      }
    }
    let waiter = state.withLock { state in
      state.ended = true
      return state.waiter
    }
    waiter?.resume()
  }
}

/// Does what blocks on a thread of its own, so that it holds none of Swift's cooperative threads.
func onThreadOfItsOwn<Value: Sendable>(
  _ work: @escaping @Sendable () throws(MeterError) -> Value
) async throws(MeterError) -> Value {
  let result: Result<Value, MeterError> = await withCheckedContinuation { continuation in
    Thread.detachNewThread { continuation.resume(returning: Result(catching: work)) }
  }
  return try result.get()
}
