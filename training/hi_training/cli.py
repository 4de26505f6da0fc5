"""Trains networks with early exits and exports them as model bundles."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from . import TrainingError, bundle, data, evaluate, train
from . import config as configuration
from . import export as exporting
from .config import Config


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        config = configuration.load(options.config)
        if getattr(options, "seed", None) is not None:
            config = configuration.seeded(config, options.seed)
        options.run(config, options)
    except TrainingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; the same command goes on from the last whole epoch.", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m hi_training", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, text in (
        ("train", _train, "train, one checkpoint an epoch; goes on where it stopped"),
        ("export", _export, "write the bundle of the last checkpoint, checked, with its card"),
        ("quantize", _quantize, "write the int8 bundle beside the exported one"),
        ("evaluate", _evaluate, "the exported bundle's accuracy at every exit"),
        ("all", _all, "train, export"),
        ("import-tflite", _import_tflite, "a bundle of a TensorFlow Lite file, checked against LiteRT"),
        ("decisions", _decisions, "would penultimate features save offloads? A table in Markdown"),
        ("compare", _compare, "several seeds with and without self-distillation: a table in Markdown"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("config", help="the model's TOML file")
        command.add_argument("--models", type=Path, default=exporting.MODELS, help="folder of the bundles")
        if name in ("train", "export", "all", "evaluate", "decisions"):
            command.add_argument(
                "--seed", type=int, help="instead of the configuration's; NAME becomes NAME-seedN, and {seed} N"
            )
        if name == "evaluate":
            command.add_argument("--split", choices=data.SPLITS, default="test")
            command.add_argument("--int8", action="store_true", help="the quantised bundle")
        if name == "decisions":
            command.add_argument("--remote-answers", type=Path, required=True, help="classes of the test split, .npy")
            command.add_argument("--halvings", type=int, default=3)
        if name == "compare":
            command.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
            command.add_argument("--epochs", type=int, help="instead of the configuration's")
        command.set_defaults(run=run)
    return parser


def _train(config: Config, _: argparse.Namespace) -> None:
    train.train(config)


def _export(config: Config, options: argparse.Namespace) -> None:
    model, state = train.trained(config)
    folder = exporting.export(config, model, _history(config, state, options.config), options.models)
    _print_accuracy(folder)


def _all(config: Config, options: argparse.Namespace) -> None:
    _train(config, options)
    _export(config, options)


def _quantize(config: Config, options: argparse.Namespace) -> None:
    from . import quantize

    _print_accuracy(quantize.quantize(config, options.models))


def _compare(config: Config, options: argparse.Namespace) -> None:
    from . import compare

    if options.epochs:
        config.train.epochs = options.epochs
    print(compare.table(config, options.seeds))


def _decisions(config: Config, options: argparse.Namespace) -> None:
    from . import decisions

    opened = bundle.Bundle(options.models / f"{config.name}.himodel")
    remote = decisions.read_classes(options.remote_answers)
    print(decisions.table(opened, data.load(config.dataset, "test"), remote, options.halvings))


def _import_tflite(config: Config, options: argparse.Namespace) -> None:
    from . import import_tflite

    command = f"python -m hi_training import-tflite configs/{Path(options.config).name}"
    _print_accuracy(import_tflite.import_tflite(config, options.models, command))


def _evaluate(config: Config, options: argparse.Namespace) -> None:
    name = config.name + ("-int8" if options.int8 else "")
    opened = bundle.Bundle(options.models / f"{name}.himodel")
    _print_rows(name, evaluate.evaluate(opened, data.load(config.dataset, options.split)))


def _history(config: Config, state: dict[str, Any], path: str) -> dict[str, Any]:
    command = f"python -m hi_training {'train' if state['epoch'] else 'export'} configs/{Path(path).name}"
    if config.name.endswith(f"-seed{config.train.seed}"):
        command += f" --seed {config.train.seed}"
    if not state["epoch"]:
        return {
            "dataset": "unknown", "split": "unknown", "seed": 0, "epochs": 0, "command": command, "seconds": 0,
        }  # fmt: skip
    last = data.describe(config.dataset).training_samples - data.CALIBRATION_SAMPLES
    return {
        "dataset": config.dataset,
        "split": f"train[0:{last}]",
        "seed": config.train.seed,
        "epochs": state["epoch"],
        "command": command,
        "seconds": round(state["seconds"]),
    }


def _print_accuracy(folder: Path) -> None:
    manifest = bundle.read_manifest(folder)
    _print_rows(manifest["name"], manifest["accuracy"])


def _print_rows(name: str, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        low, high = row["interval95"]
        print(
            f"{name} exit {row['exit']}: {row['accuracy']:.2%} on {row['split']} "
            f"({low:.2%} to {high:.2%}, {row['samples']:,} samples)"
        )
