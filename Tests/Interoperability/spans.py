"""Reads spans that `hi` has exported, by OpenTelemetry's own protocol buffers.

    python spans.py tiers DEVICE EDGE CLOUD     the files of three processes, one trace a sample
    python spans.py root FILE                   prints the parents of the servers' spans in a file
    python spans.py collect                     a collector: prints its port, then one line a document

What must hold is asserted. OTLP's JSON has the numbers of traces and spans in hexadecimal where the JSON
form of protocol buffers has base64; all the rest is read as it is.
"""

import base64
import collections
import http.server
import json
import os
import sys
import threading

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status


def in_base64(document):
    for resource in document["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                for key, size in [("traceId", 16), ("spanId", 8), ("parentSpanId", 8)]:
                    if key in span:
                        number = bytes.fromhex(span[key])
                        assert len(number) == size, span
                        span[key] = base64.b64encode(number).decode()
    return document


def parsed(text):
    # Unknown fields are errors.
    return json_format.ParseDict(in_base64(json.loads(text)), ExportTraceServiceRequest())


class Process:
    """The spans of one process."""

    def __init__(self, documents):
        self.services = set()
        self.spans = {}
        for document in documents:
            for resource in document.resource_spans:
                attributes = values(resource.resource)
                self.services.add(attributes["service.name"])
                for scope in resource.scope_spans:
                    for span in scope.spans:
                        assert span.span_id not in self.spans, "a span was exported twice"
                        assert any(span.trace_id) and any(span.span_id)
                        assert 0 < span.start_time_unix_nano <= span.end_time_unix_nano
                        self.spans[span.span_id] = span

    @classmethod
    def of_file(cls, path):
        with open(path) as lines:
            return cls([parsed(line) for line in lines])

    def named(self, name):
        return [span for span in self.spans.values() if span.name == name]

    def children(self, parent):
        found = collections.defaultdict(list)
        for span in self.spans.values():
            if span.trace_id == parent.trace_id and span.parent_span_id == parent.span_id:
                found[span.name].append(span)
        return found


def values(owner):
    return {
        attribute.key: getattr(attribute.value, attribute.value.WhichOneof("value"))
        for attribute in owner.attributes
    }


def only(spans):
    assert len(spans) == 1, f"{len(spans)} spans where one was expected: {spans}"
    return spans[0]


def within(inner, outer):
    return (
        outer.start_time_unix_nano <= inner.start_time_unix_nano
        and inner.end_time_unix_nano <= outer.end_time_unix_nano
    )


def check_classification(process, span):
    """A sample's span with its children; gives the attempt of its offload, or None."""
    assert span.kind == Span.SPAN_KIND_INTERNAL
    facts, children = values(span), process.children(span)
    stages = [name for name in children if name.startswith("stage ")]
    assert len(stages) == facts["hi.exit"] >= 1, (facts, stages)
    for name in stages:
        assert within(only(children[name]), span)
    if facts["hi.decision"] == "accepted":
        assert "offload" not in children and facts["hi.answered_by"] not in ("remote", "fallback")
        return None
    attempt = only(children["offload"])
    assert attempt.kind == Span.SPAN_KIND_CLIENT and within(attempt, span)
    tried = values(attempt)
    assert tried["server.address"] == "127.0.0.1" and tried["server.port"] > 0
    assert tried["hi.attempt"] == 1 and tried["hi.attempt.kind"] == "first"
    assert tried["hi.status"] == "ok" and facts["hi.answered_by"] == "remote", (tried, facts)
    return attempt


def check_server(process, attempt, front_end):
    """The span of the request that an attempt made; gives the one of its inference."""
    server = only([span for span in process.spans.values()
                   if span.parent_span_id == attempt.span_id])
    assert server.trace_id == attempt.trace_id and server.kind == Span.SPAN_KIND_SERVER
    assert server.flags & 0x300 == 0x300, "its parent is known to be another process's"
    facts = values(server)
    assert facts["hi.front_end"] == front_end and facts["hi.status"] == "ok", facts
    assert facts["hi.model.name"].startswith("fashion-") and facts["hi.model.version"]
    if front_end == "http":
        assert facts["http.request.method"] == "POST" and facts["http.response.status_code"] == 200
    else:
        assert facts["rpc.system"] == ("grpc" if front_end == "grpc" else "hi")
    children = process.children(server)
    queue, inference = only(children["queue"]), only(children["inference"])
    assert set(children) == {"queue", "inference"}
    # The queue's beginning is known from another clock than the span's own; a millisecond between.
    assert queue.end_time_unix_nano <= inference.start_time_unix_nano + 1_000_000
    assert values(inference)["hi.batch.size"] >= 1
    return inference


def tiers(device_path, edge_path, cloud_path, front_end):
    device, edge, cloud = map(Process.of_file, (device_path, edge_path, cloud_path))
    assert device.services == {"hi run"} and edge.services == cloud.services == {"hi serve"}
    traces = set()
    at_the_edge = to_the_cloud = 0
    for root in device.named("classify"):
        assert not root.parent_span_id and root.trace_id not in traces
        traces.add(root.trace_id)
        attempt = check_classification(device, root)
        if attempt is None:
            continue
        at_the_edge += 1
        inference = check_server(edge, attempt, front_end)
        again = only(edge.children(inference)["classify"])
        upwards = check_classification(edge, again)
        if upwards is None:
            continue
        to_the_cloud += 1
        check_server(cloud, upwards, front_end)
    # Nothing belongs to anything else.
    for process in (device, edge, cloud):
        assert {span.trace_id for span in process.spans.values()} <= traces
        assert all(span.status.code != Status.STATUS_CODE_ERROR for span in process.spans.values())
    print(f"{len(traces)} traces, {at_the_edge} with the edge, {to_the_cloud} with the cloud")


def root(path):
    process = Process.of_file(path)
    for span in process.spans.values():
        if span.kind == Span.SPAN_KIND_SERVER:
            print(span.trace_id.hex(), span.parent_span_id.hex() or "root", values(span)["hi.status"])


class Collector(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        assert self.path == "/v1/traces", self.path
        assert self.headers["Content-Type"] == "application/json"
        document = parsed(self.rfile.read(int(self.headers["Content-Length"])))
        process = Process([document])
        print(f"{'/'.join(process.services)}: {len(process.named('classify'))} samples", flush=True)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


def collect():
    # Whoever started it is gone when the input ends.
    threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
    server = http.server.HTTPServer(("127.0.0.1", 0), Collector)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    {"tiers": tiers, "root": root, "collect": collect}[sys.argv[1]](*sys.argv[2:])
