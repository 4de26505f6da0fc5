"""A model bundle on disk: `manifest.json`, one ONNX file a stage, `CARD.md`; and running one."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from . import TrainingError

SCHEMA = "hi.model/1"


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    text = json.dumps(manifest, indent=2, ensure_ascii=False)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise TrainingError(f"{path} does not exist; export the model first.") from None
    except ValueError as error:
        raise TrainingError(f"{path} is not JSON ({error}); export the model again.") from None
    if not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA:
        raise TrainingError(f"{path} is not of schema {SCHEMA}; export the model again.")
    return manifest


class Bundle:
    """A bundle opened for running: every stage is a session of ONNX Runtime on one thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = read_manifest(folder)
        self.sessions = []
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        for stage in self.manifest["stages"]:
            path = folder / stage["file"]
            if not path.is_file():
                raise TrainingError(f"{path} is missing; export the model again.")
            if sha256(path) != stage["sha256"]:
                raise TrainingError(f"{path} is not the file that the manifest names; export the model again.")
            session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
            self.sessions.append(session)

    def normalise(self, images: np.ndarray) -> np.ndarray:
        """uint8 [N, C, H, W] to the float32 that the first stage takes."""
        rule = self.manifest["input"]["normalisation"]
        values = images.astype(np.float32)
        if rule is None:
            return values
        mean = np.float32(rule["mean"]).reshape(1, -1, 1, 1)
        deviation = np.float32(rule["standardDeviation"]).reshape(1, -1, 1, 1)
        return (values * np.float32(rule["scale"]) - mean) / deviation

    def run(self, images: np.ndarray) -> list[np.ndarray]:
        """uint8 [N, C, H, W] to the logits [N, classes] of every exit."""
        value, logits = self.normalise(images), []
        for stage, session in zip(self.manifest["stages"], self.sessions, strict=True):
            names = [name for name in (stage["hidden"], stage["logits"]) if name]
            answers = session.run(names, {stage["input"]: value})
            logits.append(answers[-1])
            value = answers[0]
        return logits
