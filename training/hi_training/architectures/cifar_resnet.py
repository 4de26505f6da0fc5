"""The CIFAR ResNets of He et al.: 6n+2 layers, shortcuts without parameters."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from .. import TrainingError
from .blocks import ResidualBlock, conv_bn_relu


class Subsample(nn.Module):
    """Every second pixel, and zeros for the channels that are new: [N, C, H, W] to [N, C+2*extra, H/2, W/2]."""

    def __init__(self, extra: int) -> None:
        super().__init__()
        self.extra = extra

    def forward(self, x: Tensor) -> Tensor:
        return F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.extra, self.extra))


class CifarResNet(nn.Module):
    def __init__(self, shape: tuple[int, int, int], classes: int, depth: int = 56) -> None:
        super().__init__()
        if depth < 8 or depth % 6 != 2:
            raise TrainingError(f"A CIFAR ResNet has 6n+2 layers, not {depth}; take 20, 32, 44 or 56.")
        count = (depth - 2) // 6
        self.stem = conv_bn_relu(shape[0], 16)
        self.layer1 = self._group(16, 16, count)
        self.layer2 = self._group(16, 32, count)
        self.layer3 = self._group(32, 64, count)
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, classes))

    @staticmethod
    def _group(inputs: int, outputs: int, count: int) -> nn.Sequential:
        first = ResidualBlock(inputs, outputs, stride=outputs // inputs)
        if inputs != outputs:
            first.shortcut = Subsample((outputs - inputs) // 2)
        return nn.Sequential(first, *(ResidualBlock(outputs, outputs) for _ in range(count - 1)))

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, 32, 32] to [N, classes]."""
        return self.head(self.layer3(self.layer2(self.layer1(self.stem(x)))))
