"""What a network costs: multiply-accumulates and parameters."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def multiply_accumulates(module: nn.Module, sample: Tensor) -> int:
    """Of the convolutions and linear layers that `module` runs for one sample [1, ...]."""
    total = 0

    def count(layer: nn.Module, _: tuple[Tensor, ...], output: Tensor) -> None:
        nonlocal total
        total += output.numel() * layer.weight[0].numel()

    layers = [m for m in module.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    try:
        with torch.no_grad():
            module(sample)
    finally:
        for hook in hooks:
            hook.remove()
    return total


def parameters(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())
