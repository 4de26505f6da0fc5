"""A bundle of somebody's TensorFlow Lite file, checked against the LiteRT interpreter."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

from . import TrainingError, bundle, card, data, network, pretrained
from .config import Config
from .evaluate import evaluate

PARITY_SAMPLES = 200
AGREEMENT = 0.99  # share of equal answers that a quantised model must reach; a float one: all


def import_tflite(config: Config, models: Path, command: str) -> Path:
    """`[model] architecture = "tflite"` and `start_from` the file. Writes `models/NAME.himodel`."""
    try:
        from .tflite_graph import Converter
    except ImportError:
        raise TrainingError("Reading .tflite needs packages; run `pip install tflite ai-edge-litert`.") from None
    if not config.model.start_from.endswith(".tflite"):
        raise TrainingError(f"{config.name}: name the .tflite file as start_from in [model].")
    source = pretrained.find(config.model.start_from)
    options = {"skip_classes": 0, **config.model.options}
    if set(options) != {"skip_classes"}:
        raise TrainingError(f"{config.name}: the only option of a .tflite file is skip_classes.")
    dataset = data.describe(config.dataset)
    converted = Converter(source, dataset.shape[1:], options["skip_classes"])
    channels = converted.shape[2]
    if channels != dataset.shape[0] or converted.classes != len(dataset.classes):
        raise TrainingError(
            f"{source} takes {channels} channels and knows {converted.classes} classes, but {dataset.name} has "
            f"{dataset.shape[0]} and {len(dataset.classes)}; choose the data set that it was made for "
            "(skip_classes leaves out classes at the front)."
        )
    target, folder = models / f"{config.name}.himodel", models / f".{config.name}.unfinished"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        onnx.save(converted.model, folder / "stage1.onnx")
        manifest = _manifest(config, converted, folder, command)
        bundle.write_manifest(folder, manifest)
        test = data.load(config.dataset, "test")
        share = agreement(folder, source, test.images[:PARITY_SAMPLES], converted.skip)
        if share < (AGREEMENT if converted.quantised else 1.0):
            raise TrainingError(f"{source}: only {share:.1%} of {PARITY_SAMPLES} answers equal LiteRT's.")
        manifest["accuracy"] = evaluate(bundle.Bundle(folder), test)
        bundle.write_manifest(folder, manifest)
        card.write(folder, manifest, config, [f"{share:.1%} of {PARITY_SAMPLES} answers equal those of LiteRT."])
        shutil.rmtree(target, ignore_errors=True)
        folder.rename(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return target


def _manifest(config: Config, converted: object, folder: Path, command: str) -> dict:
    file, dataset = folder / "stage1.onnx", data.describe(config.dataset)
    precision = "int8" if converted.quantised else "fp32"
    scale, mean, deviation = network.normalisation(config)
    return {
        "schema": bundle.SCHEMA,
        "name": config.name,
        "version": config.version,
        "description": config.description,
        "classes": list(dataset.classes),
        "input": {
            "shape": list(dataset.shape),
            "layout": "CHW",
            "elementType": "uint8",
            "tensorType": "float32",
            "normalisation": {"scale": scale, "mean": mean, "standardDeviation": deviation},
            **network.preparation(config),
        },
        "stages": [
            {
                "file": file.name,
                "sha256": bundle.sha256(file),
                "bytes": file.stat().st_size,
                "input": "image",
                "hidden": None,
                "logits": "logits1",
                "multiplyAccumulates": converted.multiply_accumulates,
                "parameters": converted.parameters,
                "precision": precision,
            }
        ],
        "precision": precision,
        "training": {
            "dataset": "unknown", "split": "unknown", "seed": 0, "epochs": 0, "command": command, "seconds": 0,
        },
        "accuracy": [],
    }  # fmt: skip


def agreement(folder: Path, source: Path, images: np.ndarray, skip: int = 0) -> float:
    """The share of images [N, C, H, W] to which the bundle and LiteRT give the same class."""
    from ai_edge_litert.interpreter import Interpreter

    opened = bundle.Bundle(folder)
    ours = opened.run(images)[0].argmax(1)
    interpreter = Interpreter(model_path=str(source), num_threads=1)
    interpreter.allocate_tensors()
    entry, answer = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    values = _resized(folder, opened.normalise(images)).transpose(0, 2, 3, 1)
    scale, zero = entry["quantization"]
    if scale:
        limits = np.iinfo(entry["dtype"])
        values = np.clip(np.rint(values / scale) + zero, limits.min, limits.max)
    theirs = []
    for value in values.astype(entry["dtype"]):
        interpreter.set_tensor(entry["index"], value[None])
        interpreter.invoke()
        theirs.append(int(interpreter.get_tensor(answer["index"])[0][skip:].argmax()))
    return float(np.mean(ours == theirs))


def _resized(folder: Path, values: np.ndarray) -> np.ndarray:
    """What the graph's own resizing, where it has one, makes of its input: a tie rounded the other way is no error."""
    model = onnx.load(folder / "stage1.onnx")
    first = model.graph.node[0]
    if first.op_type != "Resize":
        return values
    model.graph.output.append(onnx.helper.make_empty_tensor_value_info(first.output[0]))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run([first.output[0]], {"image": values})[0]
