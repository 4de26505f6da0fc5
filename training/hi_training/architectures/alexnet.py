"""AlexNet for 32x32 images: its five convolutions with small kernels and batch norm, two linear layers."""

from __future__ import annotations

from torch import Tensor, nn

from .blocks import conv_bn_relu


class AlexNet(nn.Module):
    def __init__(
        self, shape: tuple[int, int, int], classes: int,
        widths: tuple[int, ...] = (64, 192, 384, 256, 256), hidden: int = 512, dropout: float = 0.3,
    ) -> None:  # fmt: skip
        super().__init__()
        a, b, c, d, e = widths
        self.conv1 = conv_bn_relu(shape[0], a, stride=2).append(nn.MaxPool2d(2))
        self.conv2 = conv_bn_relu(a, b)
        self.pool2 = nn.MaxPool2d(2)
        self.conv3 = conv_bn_relu(b, c)
        self.conv4 = conv_bn_relu(c, d)
        self.conv5 = conv_bn_relu(d, e).append(nn.MaxPool2d(2))
        side = shape[1] // 16
        self.head = nn.Sequential(
            nn.Flatten(),
            nn.Dropout(dropout),
            nn.Linear(e * side * side, hidden),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
            nn.Linear(hidden, classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W], sides a multiple of 16, to [N, classes]."""
        x = self.pool2(self.conv2(self.conv1(x)))
        return self.head(self.conv5(self.conv4(self.conv3(x))))
