"""Does self-distillation help? The same network, with and without, over several seeds."""

from __future__ import annotations

import statistics
import tempfile
from dataclasses import replace
from pathlib import Path

from . import TrainingError, bundle, data, export, train
from .config import Config, Distillation
from .evaluate import evaluate

VARIANTS = {
    "labels only": Distillation(),
    "and soft labels": Distillation(soft_labels=0.5),
    "and soft labels and features": Distillation(soft_labels=0.5, features=1.0),
}


def table(config: Config, seeds: list[int]) -> str:
    """Trains every variant with every seed (or goes on with it) and gives the table."""
    if not config.exits.cuts:
        raise TrainingError(f"{config.name} has no early exit to distil into; give it [exits] cuts.")
    exits = range(len(config.exits.cuts) + 1)
    lines = [
        "| loss | " + " | ".join(f"exit {number + 1}: mean ± deviation (each seed)" for number in exits) + " |",
        "|---" * (len(exits) + 1) + "|",
    ]
    for title, settings in VARIANTS.items():
        runs = [accuracies(config, settings, title, seed) for seed in seeds]
        lines.append(f"| {title} | " + " | ".join(_cell([run[number] for run in runs]) for number in exits) + " |")
    return "\n".join(lines)


def accuracies(config: Config, settings: Distillation, title: str, seed: int) -> list[float]:
    """The test accuracy of every exit, through ONNX Runtime as for a card."""
    name = f"{config.name}-{title.replace(' ', '-')}-seed{seed}"
    run = replace(config, name=name, distillation=settings, train=replace(config.train, seed=seed))
    model = train.train(run)
    with tempfile.TemporaryDirectory() as folder:
        export.write_stages(run, model, {}, Path(folder))
        rows = evaluate(bundle.Bundle(Path(folder)), data.load(run.dataset, "test"))
    return [row["accuracy"] for row in rows]


def _cell(values: list[float]) -> str:
    each = ", ".join(f"{100 * value:.2f}" for value in values)
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    return f"{100 * statistics.mean(values):.2f} ± {100 * deviation:.2f} ({each})"
