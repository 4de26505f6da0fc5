"""The accuracy of a bundle on a split, run through ONNX Runtime as the product runs it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from tqdm import tqdm

from .bundle import Bundle
from .data import Samples


def wilson(correct: int, samples: int, z: float = 1.959964) -> tuple[float, float]:
    """The 95% Wilson interval of a share."""
    share = correct / samples
    middle = (share + z * z / (2 * samples)) / (1 + z * z / samples)
    half = z / (1 + z * z / samples) * math.sqrt(share * (1 - share) / samples + z * z / (4 * samples**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def evaluate(bundle: Bundle, samples: Samples, batch: int = 100) -> list[dict[str, Any]]:
    """One row an exit, as the manifest has it."""
    correct = [0] * len(bundle.sessions)
    starts = range(0, len(samples), batch)
    for start in tqdm(starts, f"{bundle.manifest['name']} on {samples.split}", unit="batch", mininterval=2):
        labels = samples.labels[start : start + batch]
        for place, logits in enumerate(bundle.run(samples.images[start : start + batch])):
            correct[place] += int(np.sum(logits.argmax(1) == labels))
    return [row(place + 1, samples.split, count, len(samples)) for place, count in enumerate(correct)]


def row(exit_number: int, split: str, correct: int, samples: int) -> dict[str, Any]:
    low, high = wilson(correct, samples)
    return {
        "exit": exit_number,
        "split": split,
        "samples": samples,
        "correct": correct,
        "accuracy": round(correct / samples, 6),
        "interval95": [round(low, 4), round(high, 4)],
    }
