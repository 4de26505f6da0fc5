"""A bundle's ONNX file in ONNX Runtime, as the servers that are compared with run it."""

import json
import statistics
import time
from pathlib import Path

import numpy as np
import onnxruntime


class BundleModel:
    """One session with one thread: as many of them as cores make the best of small models."""

    def __init__(self, folder):
        folder = Path(folder)
        manifest = json.loads((folder / "manifest.json").read_text())
        (stage,) = manifest["stages"]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(
            str(folder / stage["file"]), options, providers=["CPUExecutionProvider"]
        )
        self.name = manifest["name"]
        self.classes = len(manifest["classes"])
        self.input = stage["input"]
        self.output = stage["logits"]
        self.shape = manifest["input"]["shape"]
        normalisation = manifest["input"]["normalisation"]
        deviation = np.array(normalisation["standardDeviation"], np.float32)
        mean = np.array(normalisation["mean"], np.float32)
        # One multiplication and one subtraction an element, channels first.
        self.scale = (normalisation["scale"] / deviation).reshape(-1, 1, 1).astype(np.float32)
        self.shift = (mean / deviation).reshape(-1, 1, 1).astype(np.float32)

    def logits(self, samples):
        """Of 8-bit samples along the first axis."""
        values = samples.astype(np.float32)
        values *= self.scale
        values -= self.shift
        return self.session.run([self.output], {self.input: values})[0]

    def seconds(self, batch):
        """One run's time, the median: the ONNX file alone, its input and output bound beforehand."""
        binding = self.session.io_binding()
        binding.bind_cpu_input(self.input, np.zeros([batch, *self.shape], np.float32))
        binding.bind_output(self.output)
        times = []
        end = time.perf_counter() + 0.3
        while (start := time.perf_counter()) < end:
            self.session.run_with_iobinding(binding)
            times.append(time.perf_counter() - start)
        return statistics.median(times)
