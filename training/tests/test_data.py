"""The splits, and files that are not what they should be."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from conftest import write_idx

from hi_training import TrainingError, data


def test_train_and_calibration_are_the_training_images_in_order_and_share_none(digits: Path) -> None:
    whole = data.read_idx(digits / "train-images-idx3-ubyte")
    train, calibration = data.load("mnist", "train"), data.load("mnist", "calibration")
    assert (train.split, calibration.split) == ("train[0:320]", "train[320:400]")
    assert np.array_equal(np.concatenate([train.images, calibration.images])[:, 0], whole)
    assert data.load("mnist", "test").images.shape == (250, 1, 28, 28)


@pytest.mark.parametrize(
    ("name", "last"), [("fashion-mnist", 55_000), ("mnist", 55_000), ("cifar-10", 45_000), ("cifar-10-jpeg75", 45_000)]
)
def test_the_last_5000_training_images_are_held_out(name: str, last: int) -> None:
    assert data.describe(name).training_samples - data.CALIBRATION_SAMPLES == last


def test_the_cifar_layout_is_a_label_and_three_planes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HI_DATA", str(tmp_path))
    folder = tmp_path / "cifar-10"
    folder.mkdir()
    records = np.random.default_rng(2).integers(0, 10, (3, 3073), np.uint8)
    records.tofile(folder / "test_batch.bin")
    test = data.load("cifar-10", "test")
    assert np.array_equal(test.labels, records[:, 0])
    assert test.images[1, 2, 5, 7] == records[1, 1 + 2 * 1024 + 5 * 32 + 7]
    (folder / "test_batch.bin").write_bytes(b"\x00" * 3000)
    with pytest.raises(TrainingError, match="whole records"):
        data.load("cifar-10", "test")


@pytest.mark.parametrize("content", [b"", b"\x00\x00\x08", b"\x00\x00\x08\x01\x00\x00\x00\x05abc", b"junk and more"])
def test_a_damaged_idx_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(TrainingError, match="not an IDX file"):
        data.read_idx(tmp_path / "file")


def test_gzip_is_read_and_a_cut_one_refused(tmp_path: Path) -> None:
    write_idx(tmp_path / "plain", np.arange(6).reshape(2, 3))
    packed = gzip.compress((tmp_path / "plain").read_bytes())
    (tmp_path / "file.gz").write_bytes(packed)
    assert data.read_idx(tmp_path / "file.gz").tolist() == [[0, 1, 2], [3, 4, 5]]
    (tmp_path / "file.gz").write_bytes(packed[:-9])
    with pytest.raises(TrainingError, match="cannot be read"):
        data.read_idx(tmp_path / "file.gz")


def test_a_missing_data_set_names_where_it_was_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HI_DATA", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(TrainingError, match=str(tmp_path / "cifar-10-jpeg75")):
        data.load("cifar-10-jpeg75", "test")
