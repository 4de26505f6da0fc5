"""The training loop: one checkpoint an epoch, resumes where it stopped."""

from __future__ import annotations

import copy
import time
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from tqdm import tqdm

from . import TrainingError, data, losses, network
from .architectures.blocks import Resize
from .augment import Batches, Normalise
from .config import Config, Train
from .exits import StagedNetwork

CHECKPOINTS = Path(__file__).resolve().parents[1] / "checkpoints"


def checkpoint_path(config: Config) -> Path:
    return CHECKPOINTS / config.name / "last.pt"


def train(config: Config) -> StagedNetwork:
    """Trains to the last epoch, from the checkpoint where there is one. No split but train is read."""
    settings = config.train
    if settings.epochs == 0:
        return trained(config)[0]
    torch.set_num_threads(settings.threads)
    model = network.build(config)
    layout = torch.channels_last if settings.channels_last else torch.contiguous_format
    model = model.to(memory_format=layout)
    batches = Batches(data.load(config.dataset, "train"), settings, Normalise(*network.normalisation(config)))
    if not len(batches):
        raise TrainingError(f"A batch of {settings.batch} is larger than the training split; make it smaller.")
    optimizer = _optimizer(model, settings)
    average = copy.deepcopy(model) if settings.average else None
    state = {"epoch": 0, "seconds": 0.0}
    path = checkpoint_path(config)
    parts = {"model": model, "optimizer": optimizer, "average": average}
    saved = _resume(path, parts) if path.exists() else None
    if saved:
        state = saved["state"]
    schedule = None
    weights = config.exits.weights or [1.0] * len(model.stages)
    for epoch in range(state["epoch"], settings.epochs):
        start = time.monotonic()
        first, length, peak = _cycle(settings, epoch)
        if schedule is None or epoch == first:
            schedule = _schedule(optimizer, settings, peak, length * len(batches))
            if saved and epoch == saved["state"]["epoch"] > first:
                if saved["schedule"]["total_steps"] != length * len(batches):
                    raise TrainingError(_changed(path))
                _go_on(optimizer, schedule, saved["schedule"])
        torch.manual_seed(settings.seed * 7919 + epoch)  # dropout repeats after a resume
        _epoch(config, model, average, batches, optimizer, schedule, weights, layout, epoch)
        state = {"epoch": epoch + 1, "seconds": state["seconds"] + time.monotonic() - start}
        _save(path, {**parts, "schedule": schedule}, state)
    return trained(config)[0]


def trained(config: Config) -> tuple[StagedNetwork, dict[str, Any]]:
    """The network of the last checkpoint, in evaluation mode, and {"epoch", "seconds"}."""
    path = checkpoint_path(config)
    if config.train.epochs == 0:
        return network.build(config).eval(), {"epoch": 0, "seconds": 0.0}
    if not path.exists():
        raise TrainingError(f"{config.name} has no checkpoint; run `python -m hi_training train` first.")
    saved = _read(path)
    model = network.build(config)
    try:
        model.load_state_dict(saved["average"] or saved["model"])
    except RuntimeError:
        raise TrainingError(_changed(path)) from None
    return model.eval(), saved["state"]


def _epoch(
    config: Config, model: StagedNetwork, average: nn.Module | None, batches: Batches,
    optimizer: torch.optim.Optimizer, schedule: Any, weights: list[float],
    layout: torch.memory_format, epoch: int,
) -> None:  # fmt: skip
    settings = config.train
    distil = config.distillation.soft_labels > 0 or config.distillation.features > 0
    model.train()
    if settings.sides:
        _show(model, settings.sides[epoch])
    seen, right, total = 0, 0, 0.0
    title = f"{config.name} {epoch + 1}/{settings.epochs}"
    with tqdm(batches.epoch(epoch), title, len(batches), unit="batch", mininterval=2) as bar:
        for images, labels in bar:
            images = images.contiguous(memory_format=layout)
            with torch.autocast("cpu", torch.bfloat16, enabled=settings.bfloat16):
                if settings.only_heads:
                    logits, features = model.early_logits(images), []
                else:
                    logits, features = model.forward_with_features(images)
            if config.gatekeeper.alpha:
                loss = losses.joint_gatekeeper(logits, labels, weights[: len(logits)], config.gatekeeper)
            else:
                loss = losses.joint(logits, labels, weights[: len(logits)], settings.label_smoothing)
            if distil:
                loss = loss + losses.self_distillation(logits, features, config.distillation)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            if settings.clip_gradient:
                nn.utils.clip_grad_norm_(model.parameters(), settings.clip_gradient)
            optimizer.step()
            schedule.step()
            if average is not None:
                _move_average(average, model, settings.average, epoch * len(batches) + seen // len(labels))
            seen += len(labels)
            total += loss.item() * len(labels)
            right += int((logits[-1].argmax(1) == labels).sum())
            bar.set_postfix(loss=f"{total / seen:.3f}", accuracy=f"{right / seen:.4f}", refresh=False)


def _show(model: nn.Module, side: int) -> None:
    """Small images in the first epochs save time; the averaged network keeps its own size."""
    resizes = [module for module in model.modules() if isinstance(module, Resize)]
    if not resizes:
        raise TrainingError("[train] sides are for a network that resizes its input; this one does not.")
    for module in resizes:
        module.side = side


@torch.no_grad()
def _move_average(average: nn.Module, model: nn.Module, decay: float, step: int) -> None:
    """Parameters and batch norm statistics follow the model; quickly in the first steps."""
    decay = min(decay, (1 + step) / (10 + step))
    mine, theirs = average.state_dict(), model.state_dict()
    floats = [(mine[key], theirs[key]) for key in mine if mine[key].is_floating_point()]
    torch._foreach_lerp_([a for a, _ in floats], [b for _, b in floats], 1 - decay)


def _optimizer(model: nn.Module, settings: Train) -> torch.optim.Optimizer:
    """No weight decay on batch norm and biases."""
    decayed: list[Tensor] = [p for p in model.parameters() if p.dim() > 1]
    others: list[Tensor] = [p for p in model.parameters() if p.dim() <= 1]
    groups = [
        {"params": decayed, "weight_decay": settings.weight_decay, "lr": settings.peak_rate},
        {"params": others, "weight_decay": 0.0, "lr": settings.peak_rate},
    ]
    if settings.optimizer == "adamw":
        return torch.optim.AdamW(groups)
    return torch.optim.SGD(groups, momentum=0.9, nesterov=True)


def _cycle(settings: Train, epoch: int) -> tuple[int, int, float]:
    """The cycle that `epoch` is in: its first epoch, its length and its peak rate."""
    first, peak = 0, settings.peak_rate
    for length in settings.cycles or [settings.epochs]:
        if epoch < first + length:
            break
        first, peak = first + length, peak / 2
    return first, length, peak


def _schedule(
    optimizer: torch.optim.Optimizer, settings: Train, peak: float, steps: int
) -> torch.optim.lr_scheduler.OneCycleLR:
    """Up to the peak rate and down to nothing."""
    return torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        peak,
        total_steps=steps,
        pct_start=settings.warm_up,
        cycle_momentum=False,
        div_factor=10,
        final_div_factor=1000,
    )


def _go_on(optimizer: torch.optim.Optimizer, schedule: Any, saved: dict[str, Any]) -> None:
    """A new schedule begins with its own rate, so the saved one is set again."""
    schedule.load_state_dict(saved)
    for group, rate in zip(optimizer.param_groups, schedule.get_last_lr(), strict=True):
        group["lr"] = rate


def _save(path: Path, parts: dict[str, Any], state: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    saved = {name: part.state_dict() if part is not None else None for name, part in parts.items()}
    unfinished = path.with_suffix(".part")
    torch.save({**saved, "state": state}, unfinished)
    unfinished.replace(path)


def _resume(path: Path, parts: dict[str, Any]) -> dict[str, Any]:
    saved = _read(path)
    try:
        for name, part in parts.items():
            if part is not None:
                part.load_state_dict(saved[name])
    except (RuntimeError, ValueError, KeyError, TypeError):
        raise TrainingError(_changed(path)) from None
    return saved


def _read(path: Path) -> dict[str, Any]:
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds for a damaged file
        raise TrainingError(f"{path} is not a readable checkpoint ({type(error).__name__}); delete it.") from None


def _changed(path: Path) -> str:
    return f"{path} was made with another configuration; delete it to train afresh."
