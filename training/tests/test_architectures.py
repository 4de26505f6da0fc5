"""Choosing a network: the shipped ones, and a user's own with weights it already has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from hi_training import TrainingError, architectures, train
from hi_training.config import Config, Exits, Model

OWN = """
from torch import nn
class Net(nn.Sequential):
    def __init__(self, shape, classes, width=4):
        super().__init__(nn.Conv2d(shape[0], width, 3, 2), nn.ReLU(), nn.Flatten(), nn.Linear(width * 169, classes))
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "own_network.py").write_text(OWN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HI_PRETRAINED", str(tmp_path))
    return "own_network:Net"


def test_ones_own_network_with_trained_weights_needs_no_training(own: str, tiny: Config, tmp_path: Path) -> None:
    source = architectures.create(own, (1, 28, 28), 10, {"width": 6})
    torch.save({"state_dict": {f"module.{k}": v for k, v in source.state_dict().items()}}, tmp_path / "mine.pt")
    config = replace(tiny, model=Model(own, {"width": 6}, "mine.pt"), exits=Exits())
    config.train.epochs = 0
    model, state = train.trained(config)
    images = torch.randn(2, 1, 28, 28)
    assert torch.equal(model(images)[0], source(images)) and state["epoch"] == 0
    config.model.options["width"] = 5
    with pytest.raises(TrainingError, match="not the same network"):
        train.trained(config)


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("resnet9", {}, "choose one of alexnet"),
        ("resnet8", {"width": 3}, "no option 'width'"),
        ("none_such:Net", {}, "cannot be imported"),
        ("torch:zeros", {}, "must take shape and classes"),
        ("cifar-resnet", {"depth": 57}, "6n\\+2 layers"),
    ],
)
def test_a_wrong_choice_is_explained(name: str, options: dict, expected: str) -> None:
    with pytest.raises(TrainingError, match=expected):
        architectures.create(name, (3, 32, 32), 10, options)
