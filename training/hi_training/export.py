"""From a trained network to a bundle, checked against PyTorch and on the test split."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from torch import Tensor

from . import TrainingError, bundle, card, data, network
from .augment import Normalise
from .config import Config
from .cost import multiply_accumulates, parameters
from .evaluate import evaluate
from .exits import StagedNetwork
from .fold import fold_batch_norm
from .half import store_weights_in_half
from .mirror import mirrored

MODELS = Path(__file__).resolve().parents[2] / "Models"
PARITY = {"fp32": 1e-4, "fp16": 2e-2}  # largest difference of a logit, relative to the largest logit
PARITY_SAMPLES = 200
IR_VERSION = 8


def export(config: Config, model: StagedNetwork, training: dict[str, Any], models: Path = MODELS) -> Path:
    """Writes `models/NAME.himodel`; an unfinished or wrong bundle never takes the place of a good one."""
    test = data.load(config.dataset, "test")
    if config.export.mirror:
        model = mirrored(model, len(data.describe(config.dataset).classes))
    target = models / f"{config.name}.himodel"
    folder = models / f".{config.name}.unfinished"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        manifest = write_stages(config, model, training, folder)
        check_parity(folder, config, model, test.images[:PARITY_SAMPLES])
        manifest["accuracy"] = evaluate(bundle.Bundle(folder), test)
        bundle.write_manifest(folder, manifest)
        card.write(folder, manifest, config)
        shutil.rmtree(target, ignore_errors=True)
        folder.rename(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return target


def write_stages(config: Config, model: StagedNetwork, training: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Writes the ONNX files and a manifest without accuracies."""
    folded = fold_batch_norm(model.to(memory_format=torch.contiguous_format))
    dataset = data.describe(config.dataset)
    value = torch.zeros(2, *dataset.shape)  # two samples, so that no shape is taken for a constant one
    stages, source = [], "image"
    for number, (whole, stage) in enumerate(zip(model.stages, folded.stages, strict=True), start=1):
        file = folder / f"stage{number}.onnx"
        hidden = None if stage.head is None else f"hidden{number}"
        outputs = [name for name in (hidden, f"logits{number}") if name]
        to_onnx(stage, value, file, source, outputs, config.export.opset, config.export.precision)
        stages.append(
            {
                "file": file.name,
                "sha256": bundle.sha256(file),
                "bytes": file.stat().st_size,
                "input": source,
                "hidden": hidden,
                "logits": f"logits{number}",
                "multiplyAccumulates": multiply_accumulates(stage, value[:1]),
                "parameters": parameters(whole),
                "precision": config.export.precision,
            }
        )
        if hidden:
            with torch.no_grad():
                value = stage(value)[0]
            source = hidden
    scale, mean, deviation = network.normalisation(config)
    manifest = {
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
        "stages": stages,
        "precision": config.export.precision,
        "training": training,
        "accuracy": [],
    }
    bundle.write_manifest(folder, manifest)
    return manifest


def to_onnx(
    stage: torch.nn.Module, value: Tensor, file: Path, source: str, outputs: list[str], opset: int, precision: str
) -> None:
    """One self-contained file, with a free batch dimension N."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            stage, (value,), file, input_names=[source], output_names=outputs, opset_version=opset,
            dynamic_axes={name: {0: "N"} for name in [source, *outputs]}, dynamo=False,
        )  # fmt: skip
    model = onnx.load(file)
    if precision == "fp16":
        model = store_weights_in_half(model)
    model.ir_version = IR_VERSION
    model.doc_string = ""
    for node in model.graph.node:
        node.doc_string = ""
    model = onnx.shape_inference.infer_shapes(model)
    del model.graph.value_info[:]
    onnx.checker.check_model(model)
    onnx.save(model, file)


def check_parity(folder: Path, config: Config, model: StagedNetwork, images: np.ndarray) -> float:
    """The stages one after the other against the PyTorch network; gives the largest difference."""
    running = bundle.Bundle(folder)
    normalise = Normalise(*network.normalisation(config))
    with torch.no_grad():
        expected = model(normalise(torch.from_numpy(images.copy())))
    worst = 0.0
    for number, (want, have) in enumerate(zip(expected, running.run(images), strict=True), start=1):
        scale = max(1.0, float(want.abs().max()))
        difference = float(np.abs(want.numpy() - have).max()) / scale
        worst = max(worst, difference)
        if not difference <= PARITY[config.export.precision]:
            raise TrainingError(
                f"Exit {number} of {config.name} differs from PyTorch by {difference:.1e} after the export; "
                "check that the network does the same in evaluation mode every time."
            )
    return worst
