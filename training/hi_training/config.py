"""A model's TOML file, read into typed values. An unknown key is an error, so that typos are seen."""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from . import TrainingError

Section = TypeVar("Section")


@dataclass
class Model:
    """Which network: a name in `architectures`, and the arguments of its constructor."""

    architecture: str
    options: dict[str, Any] = field(default_factory=dict)
    start_from: str = ""  # a checkpoint to start from; relative paths are looked up in $HI_PRETRAINED
    start_exits: bool = False  # its exits' heads too; they must stand where these stand


@dataclass
class Exits:
    """Where the network can answer early: modules by name, in the order in which they run."""

    cuts: list[str] = field(default_factory=list)
    head: str = "pool"  # pool: average pool and linear; conv: a 3x3 convolution before that; deep: three
    head_channels: int = 0  # of the head's first convolution; 0 is as many as come in, twice as many where deep
    weights: list[float] = field(default_factory=list)  # of the joint loss, one an exit; empty is all 1


@dataclass
class Distillation:
    """Self-distillation from the last exit into the early ones; all weights 0 turns it off."""

    soft_labels: float = 0.0
    features: float = 0.0
    temperature: float = 3.0


@dataclass
class Gatekeeper:
    """Training for the decision: sure where right, undecided where wrong. For fine-tuning; alpha 0 is off."""

    alpha: float = 0.0  # weight of the samples that are right; of those that are wrong it is 1 - alpha
    exits: str = "all"  # all, or last: the early exits keep the cross entropy


@dataclass
class Input:
    """How bytes become numbers: (x * scale - mean) / standard_deviation, per channel."""

    scale: float = 1 / 255
    mean: list[float] = field(default_factory=list)  # empty: the dataset's own
    standard_deviation: list[float] = field(default_factory=list)
    shorter_side: int = 0  # a picture's, before the middle is cut out of it; 0: it is resized to the sample's size


@dataclass
class Train:
    epochs: int = 15
    batch: int = 128
    optimizer: str = "sgd"  # sgd (Nesterov) or adamw
    peak_rate: float = 0.1
    cycles: list[int] = field(default_factory=list)  # epochs a cycle; each has half the peak rate of the one before
    warm_up: float = 0.25  # share of the steps until the peak rate
    weight_decay: float = 5e-4
    label_smoothing: float = 0.0
    clip_gradient: float = 0.0  # 0 is off
    average: float = 0.0  # decay of the exponential moving average of the weights; 0 is off
    flip: bool = False
    shift: int = 0  # pixels, in both directions
    shift_padding: str = "constant"  # constant or reflect
    sides: list[int] = field(default_factory=list)  # an epoch each: the side a network that resizes sees
    cutout: int = 0  # side of the erased square; 0 is off
    only_heads: bool = False  # the backbone stays as start_from has it
    seed: int = 1
    threads: int = 1
    bfloat16: bool = False
    channels_last: bool = False


@dataclass
class Export:
    precision: str = "fp32"  # fp32, or fp16: weights are stored in half precision
    mirror: bool = False  # answer with the mean over the image and its mirror image, at twice the cost
    opset: int = 17


@dataclass
class Quantize:
    """Static int8 quantisation of the exported bundle."""

    samples: int = 500
    method: str = "minmax"  # minmax, entropy or percentile
    activations: str = "uint8"  # uint8 or int8
    reduce_range: bool = True
    keep_float: list[str] = field(default_factory=list)  # operators to leave in float, as "Gemm"


@dataclass
class Config:
    name: str
    description: str
    dataset: str
    model: Model
    version: str = "1"
    licence: str = ""
    limits: list[str] = field(default_factory=list)
    exits: Exits = field(default_factory=Exits)
    distillation: Distillation = field(default_factory=Distillation)
    gatekeeper: Gatekeeper = field(default_factory=Gatekeeper)
    input: Input = field(default_factory=Input)
    train: Train = field(default_factory=Train)
    export: Export = field(default_factory=Export)
    quantize: Quantize = field(default_factory=Quantize)


def _fill(kind: type[Section], values: dict[str, Any], where: str) -> Section:
    """Builds the dataclass `kind` from a TOML table, checking keys and types."""
    hints = get_type_hints(kind)
    fields = {f.name: f for f in dataclasses.fields(kind)}
    for key in values:
        if key not in fields:
            raise TrainingError(f"{where}: unknown key '{key}'; known are {', '.join(sorted(fields))}.")
    arguments: dict[str, Any] = {}
    for name, item in fields.items():
        if name not in values:
            if item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING:
                raise TrainingError(f"{where}: the key '{name}' is missing; add it.")
            continue
        value, hint = values[name], hints[name]
        if dataclasses.is_dataclass(hint):
            if not isinstance(value, dict):
                raise TrainingError(f"{where}: '{name}' must be a table [{name}].")
            arguments[name] = _fill(hint, value, f"{where} [{name}]")
            continue
        plain = getattr(hint, "__origin__", hint)
        if plain is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, plain) or (plain is int and isinstance(value, bool)):
            raise TrainingError(f"{where}: '{name}' must be {plain.__name__}, but is {type(value).__name__}.")
        arguments[name] = value
    return kind(**arguments)


def load(path: str | Path) -> Config:
    """Reads a configuration; every mistake is a TrainingError that names file and key."""
    path = Path(path)
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise TrainingError(f"{path} does not exist; give the path of a TOML file.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise TrainingError(f"{path} is not readable TOML: {error}.") from None
    config = _fill(Config, values, str(path))
    _check(config, str(path))
    return config


def seeded(config: Config, seed: int) -> Config:
    """One of several runs that differ in their seed: NAME-seedN, which may start from another one's NAME-seedN."""
    return dataclasses.replace(
        config,
        name=f"{config.name}-seed{seed}",
        model=dataclasses.replace(config.model, start_from=config.model.start_from.replace("{seed}", str(seed))),
        train=dataclasses.replace(config.train, seed=seed),
    )


def _check(config: Config, where: str) -> None:
    exits = len(config.exits.cuts) + 1
    if config.exits.weights and len(config.exits.weights) != exits:
        raise TrainingError(
            f"{where} [exits]: {len(config.exits.weights)} weights for {exits} exits; "
            "give one a cut and one for the last exit."
        )
    _one_of(config.exits.head, ("pool", "conv", "deep"), f"{where} [exits] head")
    _one_of(config.train.optimizer, ("sgd", "adamw"), f"{where} [train] optimizer")
    _one_of(config.train.shift_padding, ("constant", "reflect"), f"{where} [train] shift_padding")
    _one_of(config.export.precision, ("fp32", "fp16"), f"{where} [export] precision")
    if config.export.mirror and config.exits.cuts:
        raise TrainingError(f"{where} [export]: mirror is for networks without early exits; leave out one of them.")
    _one_of(config.quantize.activations, ("uint8", "int8"), f"{where} [quantize] activations")
    _one_of(config.quantize.method, ("minmax", "entropy", "percentile"), f"{where} [quantize] method")
    if config.train.only_heads and not (config.exits.cuts and config.model.start_from):
        raise TrainingError(f"{where} [train]: only_heads needs [exits] cuts and [model] start_from.")
    if config.train.only_heads and (config.distillation.soft_labels or config.distillation.features):
        raise TrainingError(f"{where}: only_heads stops before the last exit, so nothing is distilled from it.")
    if not 0 <= config.gatekeeper.alpha < 1:
        raise TrainingError(
            f"{where} [gatekeeper]: alpha is at least 0 and below 1, not {config.gatekeeper.alpha:g}; "
            "at 1 nothing would be learned from wrong answers."
        )
    _one_of(config.gatekeeper.exits, ("all", "last"), f"{where} [gatekeeper] exits")
    if config.gatekeeper.alpha and not config.model.start_from:
        raise TrainingError(
            f"{where} [gatekeeper]: an untrained network is wrong almost everywhere and would learn to be "
            "undecided; give it [model] start_from."
        )
    if config.gatekeeper.alpha and config.train.only_heads and config.gatekeeper.exits == "last":
        raise TrainingError(f'{where} [gatekeeper]: only_heads stops before the last exit; say exits = "all".')
    if config.gatekeeper.alpha and config.train.label_smoothing:
        raise TrainingError(f"{where} [gatekeeper]: it takes no label smoothing; leave one of the two out.")
    if config.model.start_exits and not (config.exits.cuts and config.model.start_from):
        raise TrainingError(f"{where} [model]: start_exits needs [exits] cuts and start_from.")
    if config.train.sides and len(config.train.sides) != config.train.epochs:
        raise TrainingError(
            f"{where} [train]: {len(config.train.sides)} sides for {config.train.epochs} epochs; give one an epoch."
        )
    if config.train.cycles and (sum(config.train.cycles) != config.train.epochs or min(config.train.cycles) < 1):
        raise TrainingError(f"{where} [train]: the cycles must add up to the {config.train.epochs} epochs.")
    ready = bool(config.model.start_from) and not config.exits.cuts  # nothing is left to train
    for name, least in (("epochs", 0 if ready else 1), ("batch", 1), ("threads", 1)):
        if getattr(config.train, name) < least:
            raise TrainingError(f"{where} [train]: '{name}' must be at least {least}.")


def _one_of(value: str, known: tuple[str, ...], where: str) -> None:
    if value not in known:
        raise TrainingError(f"{where}: '{value}' is not known; choose one of {', '.join(known)}.")
