"""A CNN of about 20,000 parameters for 28x28 images: small enough for a microcontroller."""

from __future__ import annotations

from torch import Tensor, nn

from .blocks import conv_bn_relu


class TinyCNN(nn.Module):
    """One convolution a width. The first, the second (by pooling) and the last halve the size."""

    def __init__(
        self, shape: tuple[int, int, int], classes: int, widths: tuple[int, ...] = (8, 16, 24, 32, 40)
    ) -> None:
        super().__init__()
        inputs = shape[0]
        self.blocks = nn.Sequential()
        for place, width in enumerate(widths):
            block = conv_bn_relu(inputs, width, stride=2 if place in (0, len(widths) - 1) else 1)
            if place == 1:
                block.append(nn.MaxPool2d(2))
            self.blocks.add_module(f"block{place + 1}", block)
            inputs = width
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, classes))

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] to [N, classes]."""
        return self.head(self.blocks(x))
