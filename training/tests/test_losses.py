"""The losses against closed forms."""

from __future__ import annotations

import math

import pytest
import torch

from hi_training import losses
from hi_training.config import Distillation

ONE, OTHER = torch.tensor([[0.0, math.log(3.0)]]), torch.tensor([[0.0, 0.0]])


def test_the_joint_loss_is_the_weighted_sum_of_cross_entropies() -> None:
    loss = losses.joint([OTHER, ONE], torch.tensor([1]), [0.5, 2.0], smoothing=0.0)
    assert float(loss) == pytest.approx(0.5 * math.log(2) - 2.0 * math.log(0.75))


def test_soft_labels_are_the_divergence_from_the_last_exit_which_learns_nothing_from_it() -> None:
    student, teacher = OTHER.clone().requires_grad_(), ONE.clone().requires_grad_()
    settings = Distillation(soft_labels=2.0, temperature=1.0)
    loss = losses.self_distillation([student, teacher], [], settings)
    assert loss.item() == pytest.approx(2 * (0.25 * math.log(0.25 / 0.5) + 0.75 * math.log(0.75 / 0.5)))
    loss.backward()
    assert teacher.grad is None and student.grad is not None


def test_features_are_compared_by_where_they_are_strong() -> None:
    same = torch.zeros(1, 2, 2, 2)
    same[..., 0, 0] = 3.0
    elsewhere = torch.zeros(1, 5, 2, 2)
    elsewhere[..., 1, 1] = 0.5
    settings = Distillation(features=1.0)
    assert float(losses.self_distillation([ONE, ONE], [same, 7 * same], settings)) == pytest.approx(0.0)
    assert float(losses.self_distillation([ONE, ONE], [same, elsewhere], settings)) == pytest.approx(2.0)
