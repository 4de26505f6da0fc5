"""The networks by name. Each takes (shape, classes, **options) and gives logits [N, classes]."""

from __future__ import annotations

import inspect
from typing import Any

from torch import nn

from .. import TrainingError
from .alexnet import AlexNet
from .cifar_resnet import CifarResNet
from .efficientnet_lite import EfficientNetLite
from .logistic import LogisticRegression
from .resnet8 import ResNet8
from .slim_resnet import SlimResNet
from .tiny_cnn import TinyCNN

ARCHITECTURES: dict[str, type[nn.Module]] = {
    "alexnet": AlexNet,
    "cifar-resnet": CifarResNet,
    "efficientnet-lite": EfficientNetLite,
    "logistic-regression": LogisticRegression,
    "resnet8": ResNet8,
    "slim-resnet": SlimResNet,
    "tiny-cnn": TinyCNN,
}


def create(name: str, shape: tuple[int, int, int], classes: int, options: dict[str, Any]) -> nn.Module:
    """Builds a network, with its options checked against its constructor."""
    if name not in ARCHITECTURES:
        raise TrainingError(f"The architecture '{name}' is not known; choose one of {', '.join(ARCHITECTURES)}.")
    kind = ARCHITECTURES[name]
    known = [key for key in inspect.signature(kind).parameters if key not in ("shape", "classes")]
    for key in options:
        if key not in known:
            raise TrainingError(
                f"The architecture '{name}' has no option '{key}'; it has {', '.join(known) or 'none'}."
            )
    return kind(shape=shape, classes=classes, **options)
