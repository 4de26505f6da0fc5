internal import Tracing

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Which process spans are of.
struct SpanResource: Sendable {
  let service: String
  /// Tells one run of a service from another.
  let instance = UUID().uuidString.lowercased()
}

/// Spans as `ExportTraceServiceRequest` of the OpenTelemetry protocol in its JSON form: numbers of traces
/// and spans in hexadecimal, 64-bit integers as text.
struct OTLPDocument: Encodable {
  private struct ResourceSpans: Encodable {
    let resource: Resource
    let scopeSpans: [ScopeSpans]
  }

  private struct Resource: Encodable {
    let attributes: [OTLPAttribute]
  }

  private struct ScopeSpans: Encodable {
    let scope = ["name": "swift-hierarchical-inference"]
    let spans: [OTLPSpan]
  }

  private let resourceSpans: [ResourceSpans]

  init(_ spans: [FinishedSpan], of resource: SpanResource) {
    let attributes: [(String, String)] = [
      ("service.name", resource.service), ("service.instance.id", resource.instance),
      ("telemetry.sdk.language", "swift"), ("telemetry.sdk.name", "swift-hierarchical-inference"),
    ]
    resourceSpans = [
      ResourceSpans(
        resource: Resource(
          attributes: attributes.map { OTLPAttribute(key: $0.0, value: .string($0.1)) }),
        scopeSpans: [ScopeSpans(spans: spans.map(OTLPSpan.init))])
    ]
  }

  func json() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(self))
  }
}

private struct OTLPSpan: Encodable {
  struct Event: Encodable {
    let timeUnixNano: String
    let name: String
    let attributes: [OTLPAttribute]
  }

  struct Status: Encodable {
    let code: Int
    let message: String?
  }

  let traceId: String
  let spanId: String
  let parentSpanId: String?
  let traceState: String?
  let flags: Int
  let name: String
  let kind: Int
  let startTimeUnixNano: String
  let endTimeUnixNano: String
  let attributes: [OTLPAttribute]
  let events: [Event]?
  let status: Status?

  init(_ span: FinishedSpan) {
    traceId = span.place.traceID
    spanId = span.place.spanID
    parentSpanId = span.parent.flatMap {
      TraceParent(
        traceHigh: span.place.traceHigh, traceLow: span.place.traceLow, span: $0, isSampled: true)?
        .spanID
    }
    traceState = span.state
    // The W3C flags, and whether the parent is remote: that it is known (0x100), and that it is (0x200).
    flags = 1 | 0x100 | (span.hasRemoteParent ? 0x200 : 0)
    name = span.name
    kind =
      switch span.kind {
      case .internal: 1
      case .server: 2
      case .client: 3
      case .producer: 4
      case .consumer: 5
      }
    startTimeUnixNano = "\(span.start.nanosecondsSinceEpoch)"
    endTimeUnixNano = "\(span.end.nanosecondsSinceEpoch)"
    attributes = OTLPAttribute.all(of: span.attributes)
    events =
      span.events.isEmpty
      ? nil
      : span.events.map {
        Event(
          timeUnixNano: "\($0.nanosecondsSinceEpoch)", name: $0.name,
          attributes: OTLPAttribute.all(of: $0.attributes))
      }
    status = span.status.map {
      switch $0.code {
      case .ok: Status(code: 1, message: nil)
      case .error: Status(code: 2, message: $0.message)
      }
    }
  }
}
