"""TensorFlow Lite files as ONNX, against the LiteRT interpreter on random images."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from hi_training import TrainingError

pytest.importorskip("tflite", reason="tflite is not installed: pip install -e training[tflite]")
interpreters = pytest.importorskip("ai_edge_litert.interpreter", reason="ai-edge-litert is not installed")
from hi_training.tflite_graph import Converter  # noqa: E402

FOLDER = Path(os.environ.get("HI_PRETRAINED", "."))


@pytest.mark.parametrize(
    ("name", "multiply_accumulates"),
    [
        ("mlperf-tiny-pretrainedResnet.tflite", 12_501_632),
        ("mlperf-tiny-pretrainedResnet_quant.tflite", 12_501_632),
        ("mobilenet_v1_0.25_128_quant.tflite", None),
    ],
)
def test_a_converted_file_answers_as_litert_does(name: str, multiply_accumulates: int | None) -> None:
    if not (FOLDER / name).is_file():
        pytest.skip(f"{name} is not in HI_PRETRAINED")
    converted = Converter(FOLDER / name)
    assert multiply_accumulates in (None, converted.multiply_accumulates)
    session = onnxruntime.InferenceSession(converted.model.SerializeToString())
    interpreter = interpreters.Interpreter(model_path=str(FOLDER / name), num_threads=1)
    interpreter.allocate_tensors()
    entry, answer = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    scale, zero = entry["quantization"]
    images = np.random.default_rng(3).integers(0, 256, (40, *converted.shape)).astype(np.float32)
    values = (images + (np.iinfo(entry["dtype"]).min if scale else 0)).astype(entry["dtype"])
    reals = (values.astype(np.float32) - zero) * scale if scale else images
    logits = session.run(None, {"image": np.float32(reals.transpose(0, 3, 1, 2))})[0]
    ours = np.exp(logits - logits.max(1, keepdims=True))
    ours /= ours.sum(1, keepdims=True)
    differences = []
    for value, mine in zip(values, ours, strict=True):
        interpreter.set_tensor(entry["index"], value[None])
        interpreter.invoke()
        theirs = interpreter.get_tensor(answer["index"])[0].astype(np.float32)
        if scale:
            theirs = (theirs - answer["quantization"][1]) * answer["quantization"][0]
        differences.append(np.abs(mine - theirs))
    # Quantised: runtimes may round a sum that lies between two integers differently, which moves a probability.
    assert np.max(differences) < (0.3 if scale else 1e-4)
    assert np.mean(differences) < (0.005 if scale else 1e-5)


@pytest.mark.parametrize("content", [b"", b"not a model at all, only text"])
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.tflite").write_bytes(content)
    with pytest.raises(TrainingError, match="not a TensorFlow Lite model"):
        Converter(tmp_path / "bad.tflite")
