"""A network that looks twice: the mean of what it says of an image and of its mirror image."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .exits import Stage, StagedNetwork


class Mirrored(nn.Module):
    """Runs `network` once on a batch of images and mirror images: [N, C, H, W] to logits [N, classes]."""

    def __init__(self, network: nn.Module, classes: int) -> None:
        super().__init__()
        self.network = network
        self.classes = classes

    def forward(self, x: Tensor) -> Tensor:
        logits = self.network(torch.cat([x, x.flip(3)]))
        return logits.view(2, -1, self.classes).mean(0)


def mirrored(model: StagedNetwork, classes: int) -> StagedNetwork:
    """The same network, answering so. Not for networks with early exits: each would have to look twice."""
    return StagedNetwork([Stage(Mirrored(model.stages[0].body, classes), None)]).eval()
