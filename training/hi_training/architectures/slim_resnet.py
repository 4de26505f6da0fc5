"""A ResNet of a few wide stages: the remote model where images are small."""

from __future__ import annotations

from torch import Tensor, nn

from .blocks import ResidualBlock, conv_bn_relu


class SlimResNet(nn.Module):
    """Stem, then one group of residual blocks a width; every group but the first halves the size."""

    def __init__(
        self, shape: tuple[int, int, int], classes: int, stem: int = 32,
        widths: tuple[int, ...] = (32, 64, 128), blocks: tuple[int, ...] = (1, 1, 1), dropout: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__()
        self.stem = conv_bn_relu(shape[0], stem)
        groups, channels = [], stem
        for place, (width, count) in enumerate(zip(widths, blocks, strict=True)):
            first = ResidualBlock(channels, width, stride=1 if place == 0 else 2)
            groups.append(nn.Sequential(first, *(ResidualBlock(width, width) for _ in range(count - 1))))
            channels = width
        self.groups = nn.Sequential(*groups)
        self.head = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(dropout), nn.Linear(channels, classes)
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.groups(self.stem(x)))
