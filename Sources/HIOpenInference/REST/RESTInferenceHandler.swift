#if OpenInference
  internal import HIServing
  internal import HTTPTypes
  internal import NIOCore
  internal import NIOHTTP1

  /// Answers a connection's requests to infer, and lets all others go on to Hummingbird.
  ///
  /// Such a request is gathered, understood and answered on the connection's event loop. Hummingbird's way, its
  /// own form of HTTP messages, a stream of parts that a task reads, a router and a context for each request,
  /// takes as long as a small model.
  ///
  /// It stands before Hummingbird's codec and state of the connection, which sees the others' requests alone:
  /// that a server wants to end it is told when nobody has its turn.
  ///
  /// Requests are answered one at a time. What comes after one that is not answered, or while the client has too
  /// much to read, waits here, and nothing more is read until it need not.
  final class RESTInferenceHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Whose turn it is.
    private enum Turn {
      /// Nobody's: the next request may begin.
      case free
      /// Hummingbird's, until it has answered.
      case others
      /// A request to infer is coming.
      case gathering(RESTGathering)
      /// A request to infer is there whole, with the task that answers it where that takes long.
      case answering(Task<Void, Never>?)
      /// A request was answered before its end: what is left of it is thrown away.
      case skipping
      /// Nobody's any more: the client has wanted the connection's end.
      case over
    }

    /// What comes from the client.
    private enum Arrival {
      case part(HTTPServerRequestPart)
      case inputClosed
      case failed(any Error)
    }

    /// The most of a refused request that is waited for, so that its connection can go on; who sends more is
    /// answered at once, and the connection ends.
    private static let mostSkipped = 64 << 10

    private let inference: RESTInference
    private let patience: HTTPPatience
    private var turn = Turn.free
    /// What came out of turn: at most what was read at once.
    private var waiting = CircularBuffer<Arrival>()
    private var isTakingWaiting = false
    /// Whether more is to be read as soon as nothing waits.
    private var isMoreWanted = false {
      didSet { patience.isPaused = isMoreWanted }
    }
    /// Whether the server wants to end the connection, and it was not told further yet.
    private var isToQuiesce = false
    private var date = HTTPDate()
    /// Of the last request to infer.
    private var lastTarget: (uri: String, target: RESTInferenceTarget)?

    /// - Parameter patience: is told when nothing is read.
    init(_ inference: RESTInference, patience: HTTPPatience) {
      self.inference = inference
      self.patience = patience
    }

    // MARK: From the client

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      arrived(.part(unwrapInboundIn(data)), context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if let event = event as? ChannelEvent, event == .inputClosed {
        arrived(.inputClosed, context)
      } else if event is ChannelShouldQuiesceEvent {
        isToQuiesce = true
        quiesceIfFree(context)
      } else {
        context.fireUserInboundEventTriggered(event)
      }
    }

    /// Tells that the server wants to end the connection, where everything that came is answered.
    private func quiesceIfFree(_ context: ChannelHandlerContext) {
      guard isToQuiesce, waiting.isEmpty else { return }
      switch turn {
      case .free, .over: break
      case .others, .gathering, .answering, .skipping: return
      }
      isToQuiesce = false
      // It may be closed at once, with the end of an answer written and not sent.
      context.flush()
      context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
      if context.channel.isWritable {
        takeWaiting(context)
        quiesceIfFree(context)
      }
      context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      arrived(.failed(error), context)
    }

    func channelInactive(context: ChannelHandlerContext) {
      end()
      context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    private func end() {
      switch turn {
      case .gathering(let request): request.endTrace()
      case .answering(let task): task?.cancel()
      case .free, .others, .skipping, .over: break
      }
      turn = .over
      waiting.removeAll()
    }

    private func arrived(_ arrival: Arrival, _ context: ChannelHandlerContext) {
      if waiting.isEmpty, hasTurn(arrival, context) {
        take(arrival, context)
      } else {
        waiting.append(arrival)
      }
    }

    private func hasTurn(_ arrival: Arrival, _ context: ChannelHandlerContext) -> Bool {
      switch (turn, arrival) {
      case (.answering, _), (.others, .part(.head)): false
      // Who does not read its answers gets no more of them: they would be kept here.
      case (.free, .part(.head)): context.channel.isWritable
      default: true
      }
    }

    private func take(_ arrival: Arrival, _ context: ChannelHandlerContext) {
      switch arrival {
      case .part(let part): take(part, context)
      case .inputClosed: context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
      case .failed(let error):
        if case .gathering(let request) = turn, error is HTTPParserError {
          request.refuse(RESTBody.brokenOff(error))
          answerEarly(request, context)
        } else {
          context.fireErrorCaught(error)
        }
      }
    }

    private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
      switch (turn, part) {
      case (.free, .head(let head)):
        if let target = target(of: head) {
          goOn(RESTGathering(head, target, for: inference), context)
        } else {
          turn = .others
          context.fireChannelRead(wrapInboundOut(part))
        }
      case (.free, _), (.others, _): context.fireChannelRead(wrapInboundOut(part))
      case (.gathering(let request), .body(let bytes)):
        request.add(bytes, limit: inference.configuration.maximumBodyBytes)
        goOn(request, context)
      case (.gathering(let request), .end): answer(request, context)
      case (.skipping, .end):
        turn = .free
        quiesceIfFree(context)
      case (.gathering, .head), (.skipping, _), (.answering, _), (.over, _): break
      }
    }

    /// What a request to infer asks; nil for any other request. Clients ask the same again and again.
    private func target(of head: HTTPRequestHead) -> RESTInferenceTarget? {
      if let last = lastTarget, head.method == .POST, head.uri == last.uri { return last.target }
      let target = RESTInferenceTarget(head)
      // A connection that waits for its next request keeps little.
      lastTarget = head.uri.utf8.count <= 256 ? target.map { (head.uri, $0) } : nil
      return target
    }

    /// Takes what has waited, as far as its turn has come.
    private func takeWaiting(_ context: ChannelHandlerContext) {
      // What is taken may be answered at once.
      guard !waiting.isEmpty, !isTakingWaiting else { return }
      isTakingWaiting = true
      while let first = waiting.first, hasTurn(first, context) {
        waiting.removeFirst()
        take(first, context)
      }
      isTakingWaiting = false
      context.fireChannelReadComplete()
      if waiting.isEmpty, isMoreWanted {
        isMoreWanted = false
        context.read()
      }
    }

    // MARK: A request to infer

    /// Waits for the rest of a request, unless too much of it would come for nothing.
    private func goOn(_ request: RESTGathering, _ context: ChannelHandlerContext) {
      if case .failure = request.admission, request.length > Self.mostSkipped {
        answerEarly(request, context)
      } else {
        turn = .gathering(request)
      }
    }

    /// Refuses a request that has not come to its end.
    private func answerEarly(_ request: RESTGathering, _ context: ChannelHandlerContext) {
      guard case .failure(let failure) = request.admission else { return }
      // `HTTPManners` ends the connection with this answer, and says that the request has ended.
      turn = .skipping
      write(.failure(failure), to: request, context)
    }

    private func answer(_ request: RESTGathering, _ context: ChannelHandlerContext) {
      switch request.admission {
      case .failure(let failure): finish(.failure(failure), request, context)
      case .success(let admitted): answer(admitted, request, context)
      }
    }

    private func answer(
      _ admitted: RESTInference.Admitted, _ request: RESTGathering, _ context: ChannelHandlerContext
    ) {
      let eventLoop = context.eventLoop
      let here = NIOLoopBound((self, request, context), eventLoop: eventLoop)
      turn = .answering(nil)
      do {
        let work = try inference.answerBriefly(admitted, body: request.body, trace: request.trace) {
          answer in
          eventLoop.execute {
            let (handler, request, context) = here.value
            handler.finish(answer, request, context)
          }
        }
        guard let work else { return }
        let (inference, body, trace) = (inference, request.body, request.trace)
        perform(request, context) {
          try await inference.answer(admitted, body: body, after: work, trace: trace)
        }
      } catch {
        finish(.failure(request.target.failure(error)), request, context)
      }
    }

    private func finish(
      _ brief: RESTInference.BriefAnswer, _ request: RESTGathering, _ context: ChannelHandlerContext
    ) {
      if brief.isLong {
        perform(request, context) {
          try await FrontendExecutor.elsewhere { try brief.answer.get() }
        }
      } else {
        finish(brief.answer.mapError { request.target.failure($0) }, request, context)
      }
    }

    /// Answers with what takes longer than an event loop has time for, unless the client goes away.
    private func perform(
      _ request: RESTGathering, _ context: ChannelHandlerContext,
      _ work: @escaping @Sendable () async throws -> RESTAnswer
    ) {
      if case .over = turn { return request.endTrace() }
      let here = NIOLoopBound((self, request, context), eventLoop: context.eventLoop)
      let target = request.target
      let task = Task(executorPreference: FrontendExecutor(context.eventLoop)) {
        let outcome: Result<RESTAnswer, RESTFailure>
        do {
          outcome = .success(try await work())
        } catch {
          outcome = .failure(target.failure(error))
        }
        let (handler, request, context) = here.value
        handler.finish(outcome, request, context)
      }
      turn = .answering(task)
    }

    private func finish(
      _ outcome: Result<RESTAnswer, RESTFailure>, _ request: RESTGathering,
      _ context: ChannelHandlerContext
    ) {
      if case .over = turn {
        request.endTrace()
        return
      }
      write(outcome, to: request, context)
      if request.endsConnection {
        turn = .over
        context.close(mode: .output, promise: nil)
      } else {
        turn = .free
      }
      takeWaiting(context)
      quiesceIfFree(context)
    }

    private func write(
      _ outcome: Result<RESTAnswer, RESTFailure>, to request: RESTGathering,
      _ context: ChannelHandlerContext
    ) {
      let answer: RESTAnswer
      var reason: String?
      switch outcome {
      case .success(let success): answer = success
      case .failure(let failure): (answer, reason) = (failure.answer, failure.reason)
      }
      if let trace = request.trace { RESTTracing.end(trace, answer.status) }
      inference.configuration.refusals.note(
        answer.status, method: .post, path: request.target.path,
        peer: context.remoteAddress?.ipAddress, reason: reason)
      let head = HTTPResponseHead(answer, date: date.text)
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      context.write(
        wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    // MARK: From Hummingbird

    func read(context: ChannelHandlerContext) {
      if waiting.isEmpty { context.read() } else { isMoreWanted = true }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      let part = unwrapOutboundIn(data)
      context.write(data, promise: promise)
      if case .end = part, case .others = turn {
        turn = .free
        takeWaiting(context)
        quiesceIfFree(context)
      }
    }
  }

  extension HTTPResponseHead {
    /// The head of an answer, with what every answer has.
    fileprivate init(_ answer: RESTAnswer, date: String) {
      var fields = answer.headers.map { ($0.name.rawName, $0.value) }
      fields.append(("Content-Length", "\(answer.body.count)"))
      fields.append(("Date", date))
      self.init(
        version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status.code),
        headers: HTTPHeaders(fields))
    }
  }
#endif
