"""Would a decision module that sees the penultimate features need fewer offloads? Regressions and a small network.

Each is trained on one random half of the test split and judged on the other: the share of samples that it offloads
for each of ten accuracies, 1 to 10 points above the model's last exit there, beside the paper's logistic regression
on the two highest softmax values. `hi compare --decisions` compares in the same way what the product can run.
"""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn
from torch.nn import functional as F

from . import TrainingError, data
from .bundle import Bundle

STRENGTHS = (1e-3, 1e-2, 1e-1, 1.0)  # candidates for C, the inverse of the ridge's strength
FOLDS = 5
BOTH_WEIGHT = 0.25  # of a sample on which an offload changes nothing, as in DecisionTraining.swift


class Answers(NamedTuple):
    """logits: [N, classes] of the last exit; features: [N, M], what its last layer takes; labels: [N]."""

    logits: np.ndarray
    features: np.ndarray
    labels: np.ndarray


def answers(bundle: Bundle, samples: data.Samples, batch: int = 100) -> Answers:
    """Runs the bundle with the input of its last linear layer as one output more."""
    stages = bundle.manifest["stages"]
    model = onnx.load(bundle.folder / stages[-1]["file"])
    layers = [node for node in model.graph.node if node.op_type in ("Gemm", "MatMul")]
    if not layers:
        raise TrainingError(f"{bundle.folder} does not end in a linear layer, so it has no penultimate features.")
    name = layers[-1].input[0]
    model.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    last = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    logits, features = [], []
    for start in range(0, len(samples), batch):
        value = bundle.normalise(samples.images[start : start + batch])
        for stage, session in zip(stages[:-1], bundle.sessions[:-1], strict=True):
            value = session.run([stage["hidden"]], {stage["input"]: value})[0]
        answer, seen = last.run([stages[-1]["logits"], name], {stages[-1]["input"]: value})
        logits.append(answer)
        features.append(seen.reshape(len(seen), -1))
    return Answers(np.concatenate(logits), np.concatenate(features), samples.labels)


def table(bundle: Bundle, samples: data.Samples, remote: np.ndarray, halvings: int = 3) -> str:
    """The comparison in Markdown. remote: the classes that the remote model gives the samples."""
    if remote.shape != samples.labels.shape or not np.issubdtype(remote.dtype, np.integer):
        raise TrainingError(
            f"The remote answers are {remote.dtype} of shape {remote.shape} instead of one integer for each of the "
            f"{len(samples)} samples; save the remote model's classes of the test split."
        )
    model = answers(bundle, samples)
    right, remote_right = model.logits.argmax(1) == model.labels, remote == model.labels
    savings: dict[str, list[float]] = {}
    for seed in range(halvings):
        order = np.random.default_rng(seed).permutation(len(samples))
        halves = np.sort(order[: len(order) // 2]), np.sort(order[len(order) // 2 :])
        for name, saving in _judged(model, right, remote_right, *halves).items():
            savings.setdefault(name, []).append(saving)
    lines = ["| decision module | target | fewer offloads than the paper's | least to most |", "|---|---|---|---|"]
    for name, values in savings.items():
        lines.append(
            f"| {name} | {100 * statistics.mean(values):.1f}% | {100 * min(values):.1f} to {100 * max(values):.1f} |"
        )
    return "\n".join(lines)


def _judged(
    model: Answers, right: np.ndarray, remote_right: np.ndarray, training: np.ndarray, test: np.ndarray
) -> dict[str, float]:
    accuracies = right[test].mean() + np.arange(1, 11) / 100
    highest = two_highest(model.logits)

    def needed(scores: np.ndarray) -> np.ndarray:
        return offloads(scores, right[test], remote_right[test], accuracies)

    ones = np.ones(len(training))
    paper = needed(score(fit(highest[training], right[training], ones, 1.0), highest[test]))
    targets = {
        "local right": (right, np.ones(len(right))),
        "remote gains": (right | ~remote_right, np.where(right == remote_right, BOTH_WEIGHT, 1.0)),
    }
    inputs = {"features": np.c_[highest, model.features], "logits": np.c_[highest, -np.sort(-model.logits, 1)]}
    savings = {}
    for target, (truth, weights) in targets.items():
        for name, values in inputs.items():
            known, asked = _standardised(values[training], values[test])
            for kind, scores in (("LR", _regression), ("network", _network)):
                found = needed(scores(known, truth[training], weights[training], asked))
                title = f"{kind} on the two highest and {name} | {target}"
                savings[title] = float(np.nanmean(1 - found / paper))
    return savings


def two_highest(logits: np.ndarray) -> np.ndarray:
    """[N, classes] to the two highest softmax values [N, 2]."""
    shares = np.exp(logits - logits.max(1, keepdims=True), dtype=np.float64)
    return -np.sort(-shares / shares.sum(1, keepdims=True), 1)[:, :2]


def offloads(scores: np.ndarray, right: np.ndarray, remote_right: np.ndarray, accuracies: np.ndarray) -> np.ndarray:
    """The least share to offload, lowest scores first and equal ones together, for each accuracy; NaN for none."""
    order = np.argsort(scores, kind="stable")
    gains = np.cumsum(remote_right[order].astype(int) - right[order].astype(int))
    reached = (right.sum() + np.r_[0, gains]) / len(right)
    possible = np.r_[True, np.diff(scores[order]) > 0, True]
    counts = [np.flatnonzero(possible & (reached >= accuracy - 1e-12)) for accuracy in accuracies]
    return np.array([found[0] / len(right) if len(found) else np.nan for found in counts])


def fit(values: np.ndarray, truth: np.ndarray, weights: np.ndarray, strength: float) -> np.ndarray:
    """Logistic regression as in LogisticRegressionTraining.swift: the weights, and last the intercept."""
    rows = np.c_[values, np.ones(len(values))]
    ridge = np.diag(np.r_[np.ones(values.shape[1]), 0.0])
    found = np.zeros(rows.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(rows @ found, -40, 40)))
        gradient = strength * rows.T @ (weights * (chance - truth)) + ridge @ found
        curvature = (rows * (strength * weights * chance * (1 - chance))[:, None]).T @ rows + ridge
        step = np.linalg.solve(curvature, gradient)
        found -= step
        if np.abs(step).max() < 1e-9:
            break
    return found


def score(found: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The regression's linear score, higher for accepting."""
    return values @ found[:-1] + found[-1]


def _regression(known: np.ndarray, truth: np.ndarray, weights: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """With the ridge that cross-validation on the training half chooses."""
    folds = np.arange(len(known)) % FOLDS

    def loss(strength: float) -> float:
        total = 0.0
        for fold in range(FOLDS):
            kept, left = folds != fold, folds == fold
            scores = score(fit(known[kept], truth[kept], weights[kept], strength), known[left])
            total += float((weights[left] * np.logaddexp(0, np.where(truth[left], -scores, scores))).sum())
        return total

    return score(fit(known, truth, weights, min(STRENGTHS, key=loss)), asked)


def _network(known: np.ndarray, truth: np.ndarray, weights: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """One hidden layer of 32, dropout and weight decay."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    model = nn.Sequential(
        nn.Dropout(0.1), nn.Linear(known.shape[1], 32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 1), nn.Flatten(0)
    )
    optimizer = torch.optim.AdamW(model.parameters(), 3e-3, weight_decay=0.03)
    values, wanted, weight = (torch.tensor(each, dtype=torch.float32) for each in (known, truth, weights))
    for _ in range(30):
        for chosen in torch.randperm(len(values)).split(128):
            answer = model(values[chosen])
            loss = F.binary_cross_entropy_with_logits(answer, wanted[chosen], weight[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        return model.eval()(torch.tensor(asked, dtype=torch.float32)).numpy()


def _standardised(known: np.ndarray, asked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mean, deviation = known.mean(0), known.std(0) + 1e-6
    return (known - mean) / deviation, (asked - mean) / deviation


def read_classes(path: Path) -> np.ndarray:
    """A list of integers from a NumPy file."""
    try:
        return np.load(path, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise TrainingError(f"{path} cannot be read as a NumPy file ({error}); give a list of classes.") from None
