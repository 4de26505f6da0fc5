"""EfficientNet-Lite: EfficientNet without squeeze and excitation, and with ReLU6.

The modules stand in the order of the published weights, which `pretrained.start_from` relies on.
"""

from __future__ import annotations

import math

from torch import Tensor, nn

from .. import TrainingError
from .blocks import Resize

# kernel, stride, expansion, channels, repeats
GROUPS = (
    (3, 1, 1, 16, 1), (3, 2, 6, 24, 2), (5, 2, 6, 40, 2), (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3), (5, 2, 6, 192, 4), (3, 1, 6, 320, 1),
)  # fmt: skip
SCALES = {"lite0": (1.0, 1.0), "lite1": (1.0, 1.1), "lite2": (1.1, 1.2)}  # width, depth


def _conv(inputs: int, outputs: int, size: int, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    """Convolution and batch norm; with a stride the right and lower side is padded more, as in TensorFlow."""
    uneven = stride > 1
    before, after = (size - 2) // 2, (size - 1) // 2
    layers: list[nn.Module] = [nn.ZeroPad2d((before, after, before, after))] if uneven else []
    padding = 0 if uneven else size // 2
    layers.append(nn.Conv2d(inputs, outputs, size, stride, padding, groups=groups, bias=False))
    layers.append(nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.01))
    return layers


class InvertedBottleneck(nn.Module):
    def __init__(self, inputs: int, outputs: int, size: int, stride: int, expansion: int) -> None:
        super().__init__()
        width = inputs * expansion
        layers: list[nn.Module] = []
        if expansion != 1:
            layers += [*_conv(inputs, width, 1), nn.ReLU6(inplace=True)]
        layers += [*_conv(width, width, size, stride, groups=width), nn.ReLU6(inplace=True)]
        self.layers = nn.Sequential(*layers, *_conv(width, outputs, 1))
        self.shortcut = inputs == outputs and stride == 1

    def forward(self, x: Tensor) -> Tensor:
        out = self.layers(x)
        return x + out if self.shortcut else out


class EfficientNetLite(nn.Module):
    """`size` is what the network sees; samples of another size are resized in the graph."""

    def __init__(
        self, shape: tuple[int, int, int], classes: int, variant: str = "lite0", size: int = 96, dropout: float = 0.2
    ) -> None:
        super().__init__()
        if variant not in SCALES:
            raise TrainingError(f"EfficientNet-Lite has no variant '{variant}'; choose one of {', '.join(SCALES)}.")
        width, depth = SCALES[variant]
        self.resize = Resize(size) if shape[1:] != (size, size) else nn.Identity()
        self.stem = nn.Sequential(*_conv(shape[0], 32, 3, stride=2), nn.ReLU6(inplace=True))
        blocks, inputs = [], 32
        for place, (kernel, stride, expansion, channels, repeats) in enumerate(GROUPS):
            outputs = _round(channels * width)
            if 0 < place < len(GROUPS) - 1:
                repeats = math.ceil(repeats * depth)
            for repeat in range(repeats):
                blocks.append(InvertedBottleneck(inputs, outputs, kernel, stride if repeat == 0 else 1, expansion))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.top = nn.Sequential(*_conv(inputs, 1280, 1), nn.ReLU6(inplace=True))
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(dropout), nn.Linear(1280, classes))

    def forward(self, x: Tensor) -> Tensor:
        """[N, 3, H, W] to [N, classes]."""
        return self.head(self.top(self.blocks(self.stem(self.resize(x)))))


def _round(channels: float) -> int:
    """To a multiple of 8, never down by more than a tenth."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded
