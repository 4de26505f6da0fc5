internal import Synchronization
public import Tracing

/// A span of a ``SpanTracer`` while it is under way.
///
/// One of a trace that is not recorded has a place in it, which calls take along, and keeps nothing.
public final class RecordedSpan: Span {
  /// The most events that one span keeps.
  static let eventLimit = 128

  private struct State {
    var name: String
    var attributes: SpanAttributes = [:]
    var events: [SpanEvent] = []
    var status: SpanStatus?
    var hasEnded = false
  }

  /// What its children are begun in.
  public let context: InstrumentationContext
  /// Whether it keeps what it is told.
  public let isRecording: Bool
  private let parent: TraceParent?
  private let hasRemoteParent: Bool
  private let place: TracePlace
  private let kind: SpanKind
  private let start: TraceInstant
  private let finished: @Sendable (FinishedSpan) -> Void
  private let state: Mutex<State>

  init(
    name: String, place: TracePlace, parent: TraceParent?, hasRemoteParent: Bool, kind: SpanKind,
    context: InstrumentationContext, start: TraceInstant,
    finished: @escaping @Sendable (FinishedSpan) -> Void
  ) {
    self.place = place
    self.parent = parent
    self.hasRemoteParent = hasRemoteParent
    self.kind = kind
    self.context = context
    self.start = start
    self.finished = finished
    isRecording = place.parent.isSampled
    state = Mutex(State(name: name))
  }

  /// What is done.
  public var operationName: String {
    get { state.withLock { $0.name } }
    set { state.withLock { $0.name = newValue } }
  }

  /// What is known of it.
  public var attributes: SpanAttributes {
    get { state.withLock { $0.attributes } }
    set {
      guard isRecording else { return }
      state.withLock { $0.attributes = newValue }
    }
  }

  /// Says how it ends.
  public func setStatus(_ status: SpanStatus) {
    guard isRecording else { return }
    state.withLock { $0.status = status }
  }

  /// Keeps an event, up to a number of them.
  public func addEvent(_ event: SpanEvent) {
    guard isRecording else { return }
    state.withLock { state in
      if state.events.count < Self.eventLimit { state.events.append(event) }
    }
  }

  /// Keeps an error as OpenTelemetry's event `exception`.
  public func recordError<Instant: TracerInstant>(
    _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
  ) {
    guard isRecording else { return }
    var attributes = attributes
    attributes["exception.type"] = "\(type(of: error))"
    attributes["exception.message"] = "\(error)"
    addEvent(SpanEvent(name: "exception", at: instant(), attributes: attributes))
  }

  /// Nothing of this project is linked to another trace.
  public func addLink(_ link: SpanLink) {}

  /// Ends it, once; it is then exported.
  public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
    guard isRecording else { return }
    let ended = state.withLock { state -> State? in
      defer { state.hasEnded = true }
      return state.hasEnded ? nil : state
    }
    guard let ended else { return }
    let end = TraceInstant(nanosecondsSinceEpoch: instant().nanosecondsSinceEpoch)
    finished(
      FinishedSpan(
        place: place.parent, parent: parent?.span, hasRemoteParent: hasRemoteParent,
        state: place.state, name: ended.name, kind: kind, start: start, end: max(start, end),
        attributes: ended.attributes, events: ended.events, status: ended.status))
  }
}
