"""Reads a running server's metrics with prometheus_client, before and after some requests.

    python metrics.py HTTP_PORT MODEL

The model takes UINT8 [N, 1, 28, 28] under the name "image". What must hold is asserted.
"""

import json
import sys
import urllib.error
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

PORT, MODEL = sys.argv[1:]
BASE = f"http://127.0.0.1:{PORT}"
LABELS = {"model": MODEL, "version": "1"}


def scrape():
    with urllib.request.urlopen(f"{BASE}/metrics") as answer:
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        return {family.name: family for family in text_string_to_metric_families(answer.read().decode())}


def value(families, family, sample=None, **labels):
    # The parser gives counters the suffix that newer ones bear, as it reads them.
    names = [sample] if sample else [family, family + "_total"]
    found = [
        s.value
        for s in families[family].samples
        if s.name in names and s.labels == {**LABELS, **labels}
    ]
    assert len(found) == 1, (family, sample, labels, families[family])
    return found[0]


def infer(samples, timeout=None):
    pixels = [0] * (samples * 784)
    request = {"inputs": [{"name": "image", "shape": [samples, 1, 28, 28], "datatype": "UINT8", "data": pixels}]}
    if timeout:
        request["parameters"] = {"timeout": timeout}
    try:
        urllib.request.urlopen(f"{BASE}/v2/models/{MODEL}/infer", json.dumps(request).encode())
    except urllib.error.HTTPError as error:
        return error.code
    return 200


before = scrape()
for name in before:
    assert before[name].type in ("counter", "gauge", "histogram"), before[name]
    assert before[name].documentation, name
assert value(before, "nv_inference_request_success") == 0
assert before["hi_ready"].samples[0].value == 1

for count in [1, 1, 1, 3, 4]:
    assert infer(count) == 200
# A microsecond is not enough.
assert infer(1, timeout=1) in (429, 503, 504)

after = scrape()
assert value(after, "nv_inference_request_success") == 5
assert value(after, "nv_inference_count") == 10
assert value(after, "nv_inference_exec_count") == 5
assert value(after, "nv_inference_request_failure", reason="REJECTED") == 1
assert value(after, "nv_inference_request_failure", reason="BACKEND") == 0
assert value(after, "nv_inference_pending_request_count") == 0
assert value(after, "hi_requests", "hi_requests_total", outcome="answered") == 5

total = value(after, "nv_inference_request_duration_us")
queue = value(after, "nv_inference_queue_duration_us")
compute = value(after, "nv_inference_compute_infer_duration_us")
assert abs(total - queue - compute) <= 2 and compute > 0, (total, queue, compute)

# Batches of 1, 1, 1, 3 and 4 samples.
batches = {"1": 3, "2": 3, "4": 5, "8": 5, "+Inf": 5}
for bound, count in batches.items():
    assert value(after, "hi_batch_size", "hi_batch_size_bucket", le=bound) == count, bound
assert value(after, "hi_batch_size", "hi_batch_size_sum") == 10
for name in ["hi_request_duration_seconds", "hi_queue_duration_seconds", "hi_compute_duration_seconds"]:
    assert value(after, name, name + "_count") == 5
    buckets = [s.value for s in after[name].samples if s.name == name + "_bucket"]
    assert buckets == sorted(buckets) and buckets[-1] == 5, buckets
assert abs(value(after, "hi_request_duration_seconds", "hi_request_duration_seconds_sum") * 1e6 - total) <= 1

print("prometheus_client agrees")
