"""Cutting a network into stages."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from hi_training import TrainingError, architectures
from hi_training.cost import multiply_accumulates
from hi_training.exits import with_exits
from hi_training.fold import fold_batch_norm

SAMPLE = torch.zeros(1, 3, 32, 32)


@pytest.mark.parametrize(
    ("name", "options", "cuts"),
    [
        ("resnet8", {}, ["block2"]),
        ("alexnet", {"widths": [8, 8, 8, 8, 8], "hidden": 8}, ["pool2"]),
        ("cifar-resnet", {"depth": 20}, ["layer1.0", "layer1.2"]),
        ("slim-resnet", {}, ["groups.0", "groups.1"]),
        ("efficientnet-lite", {"size": 64}, ["blocks.4"]),
    ],
)
def test_the_last_exit_is_the_uncut_network(name: str, options: dict, cuts: list[str]) -> None:
    model = architectures.create(name, (3, 32, 32), 10, options).eval()
    staged = with_exits(model, cuts, 10, SAMPLE).eval()
    images = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        answers, expected = staged(images), model(images)
        folded = fold_batch_norm(staged)(images)
    assert [tuple(answer.shape) for answer in answers] == [(2, 10)] * (len(cuts) + 1)
    assert torch.equal(answers[-1], expected)
    assert torch.allclose(folded[-1], expected, atol=1e-5)


class Crossing(nn.Module):
    """A shortcut jumps over the module `inner`."""

    def __init__(self) -> None:
        super().__init__()
        self.inner, self.last = nn.Conv2d(3, 3, 1), nn.Flatten()

    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.inner(x) + x)


@pytest.mark.parametrize(
    ("model", "cuts", "expected"),
    [
        (Crossing(), ["inner"], "More than one tensor"),
        (Crossing(), ["middle"], "no module 'middle'"),
        (nn.Sequential(nn.Conv2d(3, 3, 1), nn.ReLU(), nn.Flatten()), ["1", "0"], "not in the order"),
    ],
)
def test_a_cut_that_cannot_be_is_explained(model: nn.Module, cuts: list[str], expected: str) -> None:
    with pytest.raises(TrainingError, match=expected):
        with_exits(model, cuts, 10, SAMPLE)


def test_multiply_accumulates_are_those_of_mlperf_tiny() -> None:
    """12.5 million: 9*(3*16*1024 + 2*16*16*1024 + (16*32+32*32)*256 + (32*64+64*64)*64) + shortcuts + 640."""
    model = architectures.create("resnet8", (3, 32, 32), 10, {}).eval()
    convolutions = 9 * (48 * 1024 + 512 * 1024 + 1536 * 256 + 6144 * 64)
    shortcuts = 16 * 32 * 256 + 32 * 64 * 64
    assert multiply_accumulates(model, SAMPLE) == convolutions + shortcuts + 640
