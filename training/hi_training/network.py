"""From a configuration to a network, ready to train or to export."""

from __future__ import annotations

from typing import Any

import torch

from . import architectures, data, pretrained
from .config import Config
from .exits import StagedNetwork, with_exits


def normalisation(config: Config) -> tuple[float, list[float], list[float]]:
    """scale, mean and standard deviation: the configuration's, else the data set's."""
    dataset = data.describe(config.dataset)
    mean = config.input.mean or list(dataset.mean)
    deviation = config.input.standard_deviation or list(dataset.standard_deviation)
    return config.input.scale, mean, deviation


def preparation(config: Config) -> dict[str, Any]:
    """How pictures of other sizes become samples, for the manifest; nothing where they are only resized."""
    if not config.input.shorter_side:
        return {}
    return {"preparation": {"shorterSide": config.input.shorter_side, "filter": "bilinear"}}


def build(config: Config) -> StagedNetwork:
    """The untrained network with its exits."""
    dataset = data.describe(config.dataset)
    torch.manual_seed(config.train.seed)
    model = architectures.create(config.model.architecture, dataset.shape, len(dataset.classes), config.model.options)
    if config.model.start_from:
        pretrained.start_from(model, config.model.start_from)
    sample = torch.zeros(1, *dataset.shape)
    staged = with_exits(
        model, config.exits.cuts, len(dataset.classes), sample, config.exits.head, config.exits.head_channels
    )
    if config.model.start_exits:
        pretrained.start_exits(staged, config.model.start_from)
    return staged
