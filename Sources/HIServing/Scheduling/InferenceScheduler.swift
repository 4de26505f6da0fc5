internal import Dispatch
internal import NIOCore
internal import Synchronization

/// Runs one model's requests on inference threads of its own, so that neither event loops nor the
/// threads of Swift's tasks ever wait for a model.
///
/// Drives a ``Batcher``: one lock, and one semaphore signal where a thread sleeps. The thread that went to
/// sleep last is woken first: what its worker needs is still in a core's caches.
///
/// Threads belong to one model, as Triton's instances do, rather than to all of them: a model that is
/// slow or does not come back holds up no other, sessions are made and freed on the thread that uses
/// them, and loading or unloading a model starts or ends threads without touching the others. Models
/// that are busy at once share the cores by the system's scheduler, which gives as many threads of
/// each the same time whatever one inference costs; idle threads cost a stack.
final class InferenceScheduler: Sendable {
  private struct State {
    var batcher: Batcher<InferenceRequest>
    /// What the threads wait at that wait and were not woken yet, in the order in which they fell asleep.
    var sleeping: [DispatchSemaphore] = []
    /// Threads that run a batch.
    var busy = 0
    /// When the last batch began.
    var lastStart = NIODeadline.uptimeNanoseconds(0)
    /// The earliest time at which a sleeping thread wakes by itself.
    var alarm = NIODeadline.distantFuture

    /// What a sleeping thread waits at that is to be woken; it then counts as awake.
    mutating func wakesOne(at now: NIODeadline) -> DispatchSemaphore? {
      guard !sleeping.isEmpty, batcher.count > 0 else { return nil }
      guard batcher.isReady(at: now) || batcher.nextDue < alarm else { return nil }
      guard busy == 0 || batcher.isWorthAnotherWorker(since: lastStart, at: now) else { return nil }
      return sleeping.popLast()
    }
  }

  private let state: Mutex<State>
  private let threads: DispatchGroup
  private let workers: Int
  private let metrics: ModelMetrics
  private let maximumBatch: Int

  /// Starts the threads and waits, blocking, until each has its worker.
  ///
  /// - Parameters:
  ///   - name: what the threads are called.
  ///   - threads: is entered by each thread for as long as it lives.
  ///   - start: makes a thread.
  /// - Throws: the first failure of a worker or of a thread; the other threads then end.
  init(
    backend: any InferenceBackend, name: String, configuration: SchedulingConfiguration,
    metrics: ModelMetrics, threads: DispatchGroup,
    startingThreadsBy start: SystemThread.Start = { name, body throws(ThreadRefusal) in
      try SystemThread.start(name: name, body)
    }
  ) throws {
    let rules = BatchingRules(configuration, for: backend)
    workers = rules.workers
    maximumBatch = rules.maximumSize
    state = Mutex(State(batcher: Batcher(rules: rules)))
    self.metrics = metrics
    self.threads = threads
    let started = WorkerStart()
    var threadCount = 0
    do {
      // Where the system refuses one thread it would refuse those after it too.
      while threadCount < workers {
        try startThread(
          name: "hi-\(threadCount + 1)-\(name)", backend: backend, started: started, by: start)
        threadCount += 1
      }
      try started.wait(for: threadCount)
    } catch {
      close()
      throw error
    }
  }

  /// Queues a request; unless it is accepted its reply is never called.
  func submit(_ request: InferenceRequest) -> Admission {
    let now = NIODeadline.now()
    let (offer, wakes) = state.withLock { state in
      let offer = state.batcher.offer(
        request, weight: request.samples.count, priority: request.priority,
        deadline: request.deadline, at: now)
      return (offer, state.wakesOne(at: now))
    }
    wakes?.signal()
    for late in offer.expired { expire(late) }
    if offer.admission != .accepted { metrics.refused() }
    return offer.admission
  }

  /// What waits and who works now.
  var load: SchedulerLoad {
    state.withLock {
      SchedulerLoad(
        waitingRequests: $0.batcher.count, waitingSamples: $0.batcher.waitingSamples,
        queueLimit: $0.batcher.rules.queueLimit, workers: workers, busyWorkers: $0.busy)
    }
  }

  /// Accepts nothing more and lets the threads end when the queue is empty.
  func close() {
    let sleeping = state.withLock { state in
      state.batcher.close()
      defer { state.sleeping = [] }
      return state.sleeping
    }
    for thread in sleeping { thread.signal() }
  }

  // MARK: Threads

  private func startThread(
    name: String, backend: any InferenceBackend, started: WorkerStart, by start: SystemThread.Start
  ) throws(ThreadRefusal) {
    threads.enter()
    do {
      try start(name) { [self] in
        defer { threads.leave() }
        let worker: any InferenceWorker
        do {
          worker = try backend.makeWorker()
        } catch {
          return started.failed(error)
        }
        started.succeeded()
        run(worker)
      }
    } catch {
      threads.leave()
      throw error
    }
  }

  private func run(_ initial: any InferenceWorker) {
    var worker = initial
    let bed = DispatchSemaphore(value: 0)
    var ran: (samples: Int, duration: TimeAmount)?
    while true {
      let (take, wakes) = next(after: ran, bed)
      ran = nil
      wakes?.signal()
      for late in take.expired { expire(late) }
      switch take.next {
      case .run: ran = execute(take.batch, on: &worker)
      case .waitForWork: bed.wait()
      case .waitUntil(let due): sleep(until: due, bed)
      case .finished: return
      }
    }
  }

  private func next(
    after ran: (samples: Int, duration: TimeAmount)?, _ bed: DispatchSemaphore
  ) -> (BatcherTake<InferenceRequest>, wakes: DispatchSemaphore?) {
    let now = NIODeadline.now()
    return state.withLock { state in
      if let ran {
        state.busy -= 1
        state.batcher.ran(samples: ran.samples, for: ran.duration)
      }
      let take = state.batcher.take(busy: state.busy, at: now)
      switch take.next {
      case .run:
        state.busy += 1
        state.lastStart = now
      case .waitForWork:
        state.sleeping.append(bed)
        return (take, nil)
      case .waitUntil(let due):
        state.sleeping.append(bed)
        state.alarm = min(state.alarm, due)
        return (take, nil)
      case .finished: return (take, nil)
      }
      return (take, state.wakesOne(at: now))
    }
  }

  private func sleep(until due: NIODeadline, _ bed: DispatchSemaphore) {
    let pause = max(0, (due - .now()).nanoseconds)
    let result = bed.wait(timeout: .now() + .nanoseconds(Int(pause)))
    let isAwake = state.withLock { state in
      if state.alarm == due { state.alarm = .distantFuture }
      guard result == .timedOut else { return true }
      // Where this thread is not counted as asleep a signal is on its way to it; it is taken below.
      guard let place = state.sleeping.firstIndex(where: { $0 === bed }) else { return false }
      state.sleeping.remove(at: place)
      return true
    }
    if !isAwake { bed.wait() }
  }

  // MARK: Batches

  private func execute(
    _ batch: [InferenceRequest], on worker: inout any InferenceWorker
  ) -> (samples: Int, duration: TimeAmount) {
    let started = NIODeadline.now()
    let spans = BatchSpans(batch, started: started)
    let run = BatchRun(
      batch, contexts: spans?.contexts ?? [], maximumSize: maximumBatch, on: &worker)
    let duration = NIODeadline.now() - started
    spans?.ended(run)
    metrics.ran(run, of: batch, started: started, duration: duration)
    for (request, result) in zip(batch, run.outputs) {
      switch result {
      case .success(let outputs):
        let timing = InferenceTiming(
          queue: .nanoseconds((started - request.received).nanoseconds),
          compute: .nanoseconds(duration.nanoseconds), batchSize: run.samples)
        request.reply(.answered(outputs.map { ModelAnswer(output: $0, timing: timing) }))
      case .failure(let failure):
        request.reply(.failed(failure.reason))
      }
    }
    return (run.samples, duration)
  }

  private func expire(_ request: InferenceRequest) {
    metrics.expired()
    request.trace?.leftQueue(
      after: .nanoseconds((NIODeadline.now() - request.received).nanoseconds), expired: true)
    request.reply(.expired)
  }
}
