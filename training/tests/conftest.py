"""A random network, a small data set on disk and a configuration for it: nothing here needs a download."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hi_training import data
from hi_training.config import Config, Exits, Model, Train, load


def write_idx(path: Path, values: np.ndarray) -> None:
    header = bytes([0, 0, 8, values.ndim]) + b"".join(int(n).to_bytes(4, "big") for n in values.shape)
    path.write_bytes(header + values.astype(np.uint8).tobytes())


@pytest.fixture
def digits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An `mnist` of 400 training and 250 test images whose class is the place of a bright bar."""
    monkeypatch.setenv("HI_DATA", str(tmp_path))
    monkeypatch.setattr(data, "CALIBRATION_SAMPLES", 80)
    monkeypatch.setitem(data.DATASETS, "mnist", replace(data.MNIST, training_samples=400))
    folder = tmp_path / "mnist"
    folder.mkdir()
    random = np.random.default_rng(1)
    for prefix, count in (("train", 400), ("t10k", 250)):
        labels = random.integers(0, 10, count)
        images = random.integers(0, 60, (count, 28, 28))
        for image, label in zip(images, labels, strict=True):
            image[:, 2 * label : 2 * label + 2] += 150
        write_idx(folder / f"{prefix}-images-idx3-ubyte", images)
        write_idx(folder / f"{prefix}-labels-idx1-ubyte", labels)
    return folder


@pytest.fixture
def tiny() -> Config:
    """A tiny CNN with one exit, for `digits`."""
    return Config(
        name="tiny",
        description="A network for the tests.",
        dataset="mnist",
        model=Model("tiny-cnn", {"widths": [4, 4, 4]}),
        exits=Exits(cuts=["blocks.block2"], weights=[0.5, 1.0]),
        train=Train(epochs=2, batch=16, shift=1, flip=True, cutout=4, average=0.9),
    )


@pytest.fixture
def write_config(tmp_path: Path):
    def write(text: str) -> Config:
        path = tmp_path / "model.toml"
        path.write_text(text, encoding="utf-8")
        return load(path)

    return write
