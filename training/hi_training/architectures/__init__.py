"""The networks by name. Each takes (shape, classes, **options) and gives logits [N, classes].

A user's own is `module:Class`, imported from the folder where the command runs.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from pathlib import Path
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
    kind = _own(name) if ":" in name else ARCHITECTURES.get(name)
    if kind is None:
        raise TrainingError(
            f"The architecture '{name}' is not known; choose one of {', '.join(ARCHITECTURES)}, "
            "or your own as module:Class."
        )
    known = [key for key in inspect.signature(kind).parameters if key not in ("self", "shape", "classes")]
    for key in options:
        if key not in known:
            raise TrainingError(
                f"The architecture '{name}' has no option '{key}'; it has {', '.join(known) or 'none'}."
            )
    return kind(shape=shape, classes=classes, **options)


def _own(name: str) -> type[nn.Module]:
    module, _, attribute = name.partition(":")
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        kind = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise TrainingError(f"The architecture '{name}' cannot be imported from {Path.cwd()}: {error}.") from None
    if not isinstance(kind, type) or not {"shape", "classes"} <= set(inspect.signature(kind).parameters):
        raise TrainingError(f"The architecture '{name}' must take shape and classes, as the shipped ones do.")
    return kind
