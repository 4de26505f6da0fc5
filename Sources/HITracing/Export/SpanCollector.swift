#if OpenInference
  internal import AsyncHTTPClient
  internal import Dispatch
  internal import NIOCore
  internal import NIOHTTP1
  internal import Synchronization

  /// A collector of OpenTelemetry that takes OTLP over HTTP as JSON.
  public final class SpanCollector: SpanDestination {
    private let url: String
    private let limit: TimeAmount
    private let client: HTTPClient
    private let isClosed = Atomic(false)

    /// Describes a collector; nothing is connected before the first document.
    ///
    /// - Parameters:
    ///   - url: `http://HOST:PORT`, to which `/v1/traces` is added, or a whole path.
    ///   - limit: how long one document may take.
    public init(url: String, limit: Duration = .seconds(5)) throws(SpanExportError) {
      guard let authority = url.firstRange(of: "://").map({ url[$0.upperBound...] }),
        !authority.isEmpty, !authority.hasPrefix("/"),
        (try? HTTPClient.Request(url: url)) != nil
      else { throw .notACollector(url) }
      let path = authority.firstIndex(of: "/").map { authority[$0...] } ?? ""
      if path.isEmpty || path == "/" {
        self.url = (path.isEmpty ? url : String(url.dropLast())) + "/v1/traces"
      } else {
        self.url = url
      }
      self.limit = TimeAmount(limit)
      var configuration = HTTPClient.Configuration()
      configuration.redirectConfiguration = .disallow
      configuration.timeout.connect = self.limit
      configuration.connectionPool.retryConnectionEstablishment = false
      client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit { close() }

    /// Posts a document and waits for the collector to take it.
    public func deliver(_ document: [UInt8]) throws(SpanExportError) {
      let outcome = Mutex<Result<UInt, any Error>?>(nil)
      let done = DispatchSemaphore(value: 0)
      do {
        let request = try HTTPClient.Request(
          url: url, method: .POST, headers: ["Content-Type": "application/json"],
          body: .bytes(document))
        client.execute(request: request, deadline: .now() + limit).whenComplete { result in
          outcome.withLock { $0 = result.map(\.status.code) }
          done.signal()
        }
      } catch {
        throw .refused(url: url, reason: "\(error)")
      }
      done.wait()
      switch outcome.withLock({ $0 }) {
      case .success(200...299): return
      case .success(let status): throw .refused(url: url, reason: "HTTP status \(status)")
      case .failure(let error): throw .refused(url: url, reason: "\(error)")
      case nil: throw .refused(url: url, reason: "no answer")
      }
    }

    /// Closes the connections.
    public func close() {
      if !isClosed.exchange(true, ordering: .relaxed) { client.shutdown { _ in } }
    }
  }
#endif
