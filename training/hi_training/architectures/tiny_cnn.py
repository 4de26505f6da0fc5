"""A CNN of about 20,000 parameters for 28x28 images: small enough for a microcontroller."""

from __future__ import annotations

from torch import Tensor, nn

from .blocks import conv_bn_relu


class TinyCNN(nn.Module):
    """Four convolution blocks; the first three halve the size: 28, 14, 7, 4 pixels."""

    def __init__(
        self, shape: tuple[int, int, int], classes: int, widths: tuple[int, ...] = (8, 16, 24, 40)
    ) -> None:
        super().__init__()
        a, b, c, d = widths
        self.block1 = conv_bn_relu(shape[0], a, stride=2)
        self.block2 = nn.Sequential(conv_bn_relu(a, b), nn.MaxPool2d(2))
        self.block3 = conv_bn_relu(b, c)
        self.block4 = conv_bn_relu(c, d, stride=2)
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(d, classes))

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.block4(self.block3(self.block2(self.block1(x)))))
