"""Static int8 quantisation of an exported bundle: QDQ, weights per channel, a bundle of its own.

Stage k is calibrated on the hidden tensors that the float stages before it give, all from the same
training images.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
from onnxruntime import quantization
from onnxruntime.quantization.shape_inference import quant_pre_process

from . import TrainingError, bundle, card, data
from .config import Config, Quantize
from .evaluate import evaluate

METHODS = {
    "minmax": quantization.CalibrationMethod.MinMax,
    "entropy": quantization.CalibrationMethod.Entropy,
    "percentile": quantization.CalibrationMethod.Percentile,
}
TOLERATED_LOSS = 0.005
CALIBRATION_BATCH = 50


class _Reader(quantization.CalibrationDataReader):
    def __init__(self, name: str, values: np.ndarray) -> None:
        self.batches: Iterator[dict[str, np.ndarray]] = iter(
            [{name: values[start : start + CALIBRATION_BATCH]} for start in range(0, len(values), CALIBRATION_BATCH)]
        )

    def get_next(self) -> dict[str, np.ndarray] | None:
        return next(self.batches, None)


def quantize(config: Config, models: Path) -> Path:
    """Writes `models/NAME-int8.himodel` from `models/NAME.himodel`."""
    source = models / f"{config.name}.himodel"
    if not source.is_dir():
        raise TrainingError(f"{source} does not exist; export {config.name} first.")
    name = f"{config.name}-int8"
    target, folder = models / f"{name}.himodel", models / f".{name}.unfinished"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        _write(config, source, folder, name)
        shutil.rmtree(target, ignore_errors=True)
        folder.rename(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return target


def _write(config: Config, source: Path, folder: Path, name: str) -> None:
    original = bundle.Bundle(source)
    manifest = bundle.read_manifest(source)
    value = original.normalise(_images(config))
    for stage, session in zip(manifest["stages"], original.sessions, strict=True):
        file = folder / stage["file"]
        quantize_stage(source / stage["file"], file, stage["input"], value, config.quantize)
        stage |= {"sha256": bundle.sha256(file), "bytes": file.stat().st_size, "precision": "int8"}
        if stage["hidden"]:
            value = session.run([stage["hidden"]], {stage["input"]: value})[0]
    manifest |= {
        "name": name,
        "precision": "int8",
        "description": manifest["description"].removesuffix(".") + ", quantised to int8.",
    }
    before = manifest["accuracy"]
    bundle.write_manifest(folder, manifest)
    manifest["accuracy"] = evaluate(bundle.Bundle(folder), data.load(config.dataset, "test"))
    bundle.write_manifest(folder, manifest)
    card.write(folder, manifest, config, notes(before, manifest["accuracy"], config.quantize))


def _images(config: Config) -> np.ndarray:
    """The calibrating images: training images, spread evenly. uint8 [samples, C, H, W]."""
    images = data.load(config.dataset, "train").images
    return images[np.linspace(0, len(images) - 1, config.quantize.samples).astype(np.int64)]


def quantize_stage(source: Path, target: Path, name: str, value: np.ndarray, settings: Quantize) -> None:
    """One ONNX file of floats to one of int8; input and output stay float32."""
    kinds = {"uint8": quantization.QuantType.QUInt8, "int8": quantization.QuantType.QInt8}
    version = onnx.load(source).ir_version
    logging.getLogger().setLevel(logging.ERROR)  # the quantiser advises on the root logger
    with tempfile.TemporaryDirectory() as scratch:
        prepared = Path(scratch) / "prepared.onnx"
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        quantization.quantize_static(
            str(prepared),
            str(target),
            _Reader(name, value),
            quant_format=quantization.QuantFormat.QDQ,
            per_channel=True,
            reduce_range=settings.reduce_range,
            activation_type=kinds[settings.activations],
            weight_type=quantization.QuantType.QInt8,
            calibrate_method=METHODS[settings.method],
            op_types_to_quantize=[op for op in _operators(prepared) if op not in settings.keep_float],
        )
    model = onnx.load(target)
    model.ir_version = version
    used = {node.domain for node in model.graph.node} | {""}
    domains = [each for each in model.opset_import if each.domain in used]
    del model.opset_import[:], model.metadata_props[:]
    model.opset_import.extend(domains)
    onnx.checker.check_model(model)
    onnx.save(model, target)


def _operators(path: Path) -> list[str]:
    """The operators of a graph that the quantiser knows."""
    known = ("Conv", "Gemm", "MatMul", "Add", "Relu", "Clip", "MaxPool", "GlobalAveragePool", "Pad", "Concat")
    used = {node.op_type for node in onnx.load(path).graph.node}
    return [op for op in known if op in used]


def notes(before: list[dict], after: list[dict], settings: Quantize) -> list[str]:
    """What the card says of the quantisation."""
    lines = [
        f"Quantised statically with {settings.samples} training images ({settings.method}), "
        f"weights int8 per channel{' in 7 bits' if settings.reduce_range else ''}, "
        f"activations {settings.activations}; input and output are float32."
    ]
    for old, new in zip(before, after, strict=True):
        loss = old["accuracy"] - new["accuracy"]
        lines.append(f"Exit {new['exit']}: {-100 * loss:+.2f} points against the bundle it was made from.")
        if loss > TOLERATED_LOSS:
            lines.append(
                f"Exit {new['exit']} loses more than {100 * TOLERATED_LOSS:.1f} points: with so few channels "
                "the rounding of every activation to 8 bits weighs more."
            )
    return lines
