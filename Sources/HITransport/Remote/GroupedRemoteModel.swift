public import HIData
internal import Synchronization
internal import Tracing

/// A remote model that is asked for several samples at a time: an offload waits a moment for others, and
/// they go together.
///
///     let remote = GroupedRemoteModel(model, size: 8, patience: .milliseconds(10))
///
/// Over REST and gRPC a group is one request, so that the radio wakes once and headers are sent once; over
/// the HI wire protocol its frames leave together with ``WireClientConfiguration/gathersCalls``. The price
/// is the wait, at most `patience`, so it is for callers with several samples under way. Each sample keeps
/// its own outcome: one that the server refuses takes no other of its group with it, unless the protocol
/// answers a group as a whole. Each keeps its own deadline, too: a group has the time of its most patient
/// member, and who has less than half of the time of others does not go with them.
public final class GroupedRemoteModel: RemoteModel {
  private struct Member {
    let sample: Sample
    let context: InstrumentationContext?
    let end: ContinuousClock.Instant
    let caller: Caller
  }

  /// Who waits for an outcome, and gets the first one.
  private final class Caller: Sendable {
    typealias Outcome = Result<RemoteAnswer, OffloadError>
    private let waiting: Mutex<CheckedContinuation<Outcome, Never>?>

    init(_ waiting: CheckedContinuation<Outcome, Never>) { self.waiting = Mutex(waiting) }

    func resume(_ outcome: Outcome) {
      let first = waiting.withLock { waiting in
        defer { waiting = nil }
        return waiting
      }
      first?.resume(returning: outcome)
    }
  }

  private struct State {
    var groups: OffloadGroups<Member>
    var lastNumber = 0
    var timer: (due: ContinuousClock.Instant, task: Task<Void, Never>)?
  }

  private let model: any RemoteModel
  private let state: Mutex<State>

  /// Puts groups in front of a model.
  ///
  /// - Parameters:
  ///   - model: what the groups are asked of.
  ///   - size: how many samples go together at most.
  ///   - patience: how long the first of a group waits for others; it never waits longer than half of
  ///     the time to its deadline.
  /// - Precondition: a size of at least 1.
  public init(_ model: any RemoteModel, size: Int, patience: Duration) {
    self.model = model
    state = Mutex(State(groups: OffloadGroups(size: size, patience: patience)))
  }

  /// Asks for a sample's class, together with others.
  public func classify(
    _ sample: Sample, deadline: Duration
  ) async throws(OffloadError) -> RemoteAnswer {
    let end = ContinuousClock.now + deadline
    let number = state.withLock { state in
      state.lastNumber += 1
      return state.lastNumber
    }
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { answered in
        let member = Member(
          sample: sample, context: .current, end: end, caller: Caller(answered))
        // Whoever was cancelled before it joined would not be withdrawn any more.
        guard !Task.isCancelled else { return answered.resume(returning: .failure(.cancelled)) }
        send(state.withLock { join(number, member, &$0) })
        if Task.isCancelled { withdraw(number) }
      }
    } onCancel: {
      withdraw(number)
    }
    return try result.get()
  }

  /// Asks for a group as it is.
  public func classify(
    _ samples: [Sample], deadline: Duration
  ) async -> [Result<RemoteAnswer, OffloadError>] {
    await model.classify(samples, deadline: deadline)
  }

  /// It does not matter: a group is sent by a task of its own.
  public var preferredExecutor: (any TaskExecutor)? { nil }

  /// Lets go of the connections; who still waits for a group is answered by the model.
  public func close() async { await model.close() }

  private func join(_ number: Int, _ member: Member, _ state: inout State) -> [Member] {
    let group = state.groups.join(number, member, until: member.end, at: .now)
    setTimer(&state)
    return group
  }

  private func withdraw(_ number: Int) {
    let member = state.withLock { state in
      defer { setTimer(&state) }
      return state.groups.withdraw(number)
    }
    member?.caller.resume(.failure(.cancelled))
  }

  /// One timer, for the group that goes first.
  private func setTimer(_ state: inout State) {
    let due = state.groups.due
    guard state.timer?.due != due else { return }
    state.timer?.task.cancel()
    state.timer = due.map { due in
      let task = Task {
        do { try await Task.sleep(until: due, clock: .continuous) } catch { return }
        let groups = self.state.withLock { state in
          let groups = state.groups.tick(at: .now)
          self.setTimer(&state)
          return groups
        }
        for group in groups { self.send(group) }
      }
      return (due, task)
    }
  }

  private func send(_ group: [Member]) {
    guard let end = group.map(\.end).max() else { return }
    let early = endEarly(group.filter { $0.end < end })
    Task(executorPreference: model.preferredExecutor) { [model] in
      // A protocol that makes one request of the group has the time of its most patient member, and can go
      // on with one trace, the first's.
      let results = await InstrumentationContext.$current.withValue(group.first?.context) {
        await GroupTraces.$contexts.withValue(group.map(\.context)) {
          await GroupDeadlines.$ends.withValue(group.map(\.end)) {
            await model.classify(group.map(\.sample), deadline: end - .now)
          }
        }
      }
      early?.cancel()
      for (place, member) in group.enumerated() {
        let isAnswered = place < results.count
        member.caller.resume(
          isAnswered
            ? results[place]
            : .failure(.protocolViolation("The group has fewer answers than samples.")))
      }
    }
  }

  /// Gives up on members at their own deadlines, which come before their group's; nil where there are none.
  private func endEarly(_ members: [Member]) -> Task<Void, Never>? {
    guard !members.isEmpty else { return nil }
    return Task {
      for member in members.sorted(by: { $0.end < $1.end }) {
        do { try await Task.sleep(until: member.end, clock: .continuous) } catch { return }
        member.caller.resume(.failure(.deadlineExceeded))
      }
    }
  }
}

/// Which trace each sample of the group that is asked for belongs to.
enum GroupTraces {
  @TaskLocal static var contexts: [InstrumentationContext?] = []

  /// That of the sample at a place; the task's own where nobody gathered the group.
  static func context(at place: Int) -> InstrumentationContext? {
    contexts.indices.contains(place) ? contexts[place] : .current
  }
}

/// When each sample of the group that is asked for needs its answer.
enum GroupDeadlines {
  @TaskLocal static var ends: [ContinuousClock.Instant] = []

  /// How long the sample at a place waits; the whole group's time where nobody gathered the group.
  static func left(at place: Int, of deadline: Duration) -> Duration {
    guard ends.indices.contains(place) else { return deadline }
    return max(.zero, min(deadline, ends[place] - .now))
  }
}
