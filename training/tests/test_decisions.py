"""Decision modules that see the penultimate features."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from hi_training import TrainingError, data, decisions
from hi_training.bundle import Bundle

FIXTURE = Path(__file__).parents[2] / "Models" / "fashion-tiny-ee.himodel"


def test_offloads_go_by_score_and_equal_scores_together() -> None:
    # Wrong, right, wrong, right; the remote model knows all but the third.
    right, remote = np.array([False, True, False, True]), np.array([True, True, False, True])
    scores = np.array([0.2, 0.1, 0.3, 0.3])
    needed = decisions.offloads(scores, right, remote, np.array([0.5, 0.75, 1.0]))
    assert needed[:2].tolist() == [0.0, 0.5] and np.isnan(needed[2])
    together = decisions.offloads(np.array([0.2, 0.2, 0.3, 0.3]), right, remote, np.array([0.75]))
    assert together.tolist() == [0.5]


def test_the_regression_is_at_the_minimum_of_what_it_minimises() -> None:
    random = np.random.default_rng(1)
    values = random.normal(size=(200, 3))
    truth = values @ [1.0, -2.0, 0.0] + random.normal(size=200) > 0
    weights, strength = random.uniform(0.5, 1.5, 200), 0.7
    found = decisions.fit(values, truth, weights, strength)

    def objective(at: np.ndarray) -> float:
        scores = decisions.score(at, values)
        return 0.5 * at[:-1] @ at[:-1] + strength * weights @ np.logaddexp(0, np.where(truth, -scores, scores))

    steps = 1e-3 * np.eye(4)
    assert all(objective(found) < objective(found + sign * step) for step in steps for sign in (1, -1))


def test_features_are_what_the_last_layer_makes_logits_of() -> None:
    opened = Bundle(FIXTURE)
    random = np.random.default_rng(2)
    samples = data.Samples(random.integers(0, 256, (7, 1, 28, 28), np.uint8), np.zeros(7, np.int64), "test")
    model = decisions.answers(opened, samples, batch=3)
    graph = onnx.load(FIXTURE / opened.manifest["stages"][-1]["file"]).graph
    layer = next(node for node in reversed(graph.node) if node.op_type == "Gemm")
    tensors = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    weight, bias = (tensors[name] for name in layer.input[1:])
    assert np.allclose(model.features @ weight.T + bias, model.logits, atol=1e-4)
    assert np.allclose(model.logits, opened.run(samples.images)[-1], atol=1e-4)


def test_answers_to_other_samples_are_refused() -> None:
    samples = data.Samples(np.zeros((7, 1, 28, 28), np.uint8), np.zeros(7, np.int64), "test")
    with pytest.raises(TrainingError, match="one integer for each of the 7"):
        decisions.table(Bundle(FIXTURE), samples, np.zeros(6, int))
