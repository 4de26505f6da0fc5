"""The ResNet-8 of MLPerf Tiny: three residual blocks, 12.5 million multiply-accumulates at 32x32."""

from __future__ import annotations

from torch import Tensor, nn

from .blocks import ResidualBlock, conv_bn_relu


class ResNet8(nn.Module):
    def __init__(self, shape: tuple[int, int, int], classes: int) -> None:
        super().__init__()
        self.stem = conv_bn_relu(shape[0], 16)
        self.block1 = ResidualBlock(16, 16)
        self.block2 = ResidualBlock(16, 32, stride=2)
        self.block3 = ResidualBlock(32, 64, stride=2)
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, classes))

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] to [N, classes]."""
        return self.head(self.block3(self.block2(self.block1(self.stem(x)))))
