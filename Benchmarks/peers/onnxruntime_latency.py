"""The peer of model-bench: a bundle's stages in ONNX Runtime's Python API, one intra-op thread.

    python onnxruntime_latency.py BUNDLE

Every line on stdin is a number of inferences; the answer is a line with the nanoseconds of each,
separated by spaces. The input is a tensor that is already normalised, so that only what the API does
is timed. The first line out is the version of ONNX Runtime.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime


def main():
    folder = Path(sys.argv[1])
    manifest = json.loads((folder / "manifest.json").read_text())
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    stages = []
    for stage in manifest["stages"]:
        session = onnxruntime.InferenceSession(
            str(folder / stage["file"]), options, providers=["CPUExecutionProvider"]
        )
        names = [name for name in (stage["hidden"], stage["logits"]) if name]
        stages.append((session, stage["input"], names))

    shape = manifest["input"]["shape"]
    rows = np.random.default_rng(1).standard_normal((64, 1, *shape)).astype(np.float32)
    print(onnxruntime.__version__, flush=True)
    for line in sys.stdin:
        times = []
        for index in range(int(line)):
            value = rows[index % 64]
            start = time.perf_counter_ns()
            for session, source, names in stages:
                value = session.run(names, {source: value})[0]
            times.append(time.perf_counter_ns() - start)
        print(*times, flush=True)


if __name__ == "__main__":
    main()
