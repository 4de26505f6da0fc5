"""CARD.md: what a reader should know before using a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from . import data
from .config import Config


def write(folder: Path, manifest: dict[str, Any], config: Config, notes: list[str] | None = None) -> None:
    (folder / "CARD.md").write_text(render(manifest, config, notes or []), encoding="utf-8")


def render(manifest: dict[str, Any], config: Config, notes: list[str]) -> str:
    stages, training = manifest["stages"], manifest["training"]
    dataset = data.describe(config.dataset)
    size = sum(stage["bytes"] for stage in stages)
    lines = [
        f"# {manifest['name']}",
        "",
        manifest["description"],
        "",
        "| exit | accuracy | 95% interval (Wilson) | right | multiply-accumulates up to here |",
        "|---|---|---|---|---|",
    ]
    total = 0
    for stage, row in zip(stages, manifest["accuracy"], strict=True):
        total += stage["multiplyAccumulates"]
        low, high = row["interval95"]
        lines.append(
            f"| {row['exit']} | {row['accuracy']:.2%} | {low:.2%} to {high:.2%} "
            f"| {row['correct']:,} of {row['samples']:,} | {total:,} |"
        )
    lines += [
        "",
        f"- Accuracy on: {_split(config)} of {config.dataset}, run through ONNX Runtime from this bundle's files.",
        f"- Input: {'x'.join(map(str, dataset.shape))} bytes, CHW; {len(dataset.classes)} classes.",
        f"- Precision: {manifest['precision']}.",
        f"- Parameters: {sum(stage['parameters'] for stage in stages):,} in {_count(len(stages), 'stage')}.",
        f"- Size of the ONNX files: {size:,} bytes.",
        *_trained(training),
        f"- Licence: the weights are under the project's licence. {dataset.licence}"
        + (f" {config.licence}" if config.licence else ""),
    ]
    limits = [*config.limits, *notes] or ["It knows its classes and nothing else; any image gets one of them."]
    return "\n".join([*lines, "", "## Limits", "", *(f"- {limit}" for limit in limits), ""])


def _split(config: Config) -> str:
    sample = config.dataset == data.IMAGENET.name
    return "the test split (every second image)" if sample else "the test split"


def _trained(training: dict[str, Any]) -> list[str]:
    if not training["epochs"]:
        return [f"- This configuration trains nothing. Command: `{training['command']}`."]
    return [
        f"- Trained on: {training['dataset']}, {training['split']}, {_count(training['epochs'], 'epoch')}, "
        f"seed {training['seed']}.",
        f"- Held out: the last {data.CALIBRATION_SAMPLES:,} training images, for calibrating policies. "
        "The last epoch is shipped.",
        f"- Command: `{training['command']}`, {training['seconds'] / 60:.0f} minutes on a shared CPU.",
    ]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
