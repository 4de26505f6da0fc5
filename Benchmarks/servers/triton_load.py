"""A closed loop of tritonclient in several processes: what a user of that client gets of a server.

    triton_load.py rest-json|rest-binary|grpc PORT MODEL BUNDLE CONNECTIONS SECONDS

Prints what serve-load prints. It takes most of two cores itself.
"""

import json
import multiprocessing
import os
import sys
import threading
import time

import numpy as np
import requests_on_the_wire as wire_form
from bundle_model import BundleModel


def drive(arguments, connections, times, start):
    protocol, port, model, input_name, shape, seconds = arguments
    sample = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    if protocol == "grpc":
        import tritonclient.grpc as module

        keywords, options = {}, {}
    else:
        import tritonclient.http as module

        keywords = {"binary_data": protocol == "rest-binary"}
        options = {"concurrency": connections}
    client = module.InferenceServerClient(f"127.0.0.1:{port}", **options)
    inputs = wire_form.inputs(module, input_name, sample, **keywords)
    outputs = [module.InferRequestedOutput("logits", **keywords)]
    found = []
    start.wait()
    counted = time.perf_counter() + seconds * 0.25
    end = counted + seconds * 0.75

    def note(began, answer):
        answer.as_numpy("logits")
        now = time.perf_counter()
        if now > counted:
            found.append(now - began)

    def ask():
        while (began := time.perf_counter()) < end:
            note(began, client.infer(model, inputs, outputs=outputs))

    if protocol == "grpc":
        threads = [threading.Thread(target=ask) for _ in range(connections)]
    else:
        # The HTTP client belongs to one thread; its greenlets share it.
        import gevent

        threads = [gevent.Greenlet(ask) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.put((found, time.process_time()))


def main():
    protocol, port, model, bundle, connections, seconds = sys.argv[1:]
    connections, seconds = int(connections), float(seconds)
    made = BundleModel(bundle)
    arguments = (protocol, port, model, made.input, made.shape, seconds)
    processes = min(connections, os.cpu_count())
    context = multiprocessing.get_context("spawn")
    times, start = context.Queue(), context.Barrier(processes)
    shares = [connections // processes + (i < connections % processes) for i in range(processes)]
    running = [context.Process(target=drive, args=(arguments, share, times, start)) for share in shares]
    for process in running:
        process.start()
    results = [times.get(timeout=seconds + 60) for _ in running]
    for process in running:
        process.join()
    latencies = np.array([value for found, _ in results for value in found])
    answer = {
        "answered": len(latencies),
        "failed": 0,
        "perSecond": len(latencies) / (seconds * 0.75),
        "p50Ms": float(np.quantile(latencies, 0.5)) * 1000,
        "p99Ms": float(np.quantile(latencies, 0.99)) * 1000,
        "clientCores": sum(used for _, used in results) / seconds,
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
