"""The losses against closed forms."""

from __future__ import annotations

import math

import pytest
import torch

from hi_training import losses
from hi_training.config import Distillation, Gatekeeper

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


def test_gatekeeper_is_cross_entropy_where_right_and_distance_from_undecided_where_wrong() -> None:
    # Right with 3/4, wrong with 3/4: -ln(3/4), and ln 2 less the entropy of (1/4, 3/4).
    logits, labels = torch.cat([ONE, ONE]), torch.tensor([1, 0])
    undecided = 0.25 * math.log(0.25 / 0.5) + 0.75 * math.log(0.75 / 0.5)
    loss = losses.gatekeeper(logits, labels, alpha=0.2)
    assert float(loss) == pytest.approx((-0.2 * math.log(0.75) + 0.8 * undecided) / 2)
    assert float(losses.gatekeeper(OTHER, torch.tensor([1]), 0.2)) == pytest.approx(0.0)  # a tie is class 0: wrong


def test_a_step_against_gatekeeper_makes_right_answers_surer_and_wrong_ones_less_sure() -> None:
    logits = torch.cat([ONE, ONE]).requires_grad_()
    losses.gatekeeper(logits, torch.tensor([1, 0]), alpha=0.5).backward()
    before, after = (torch.softmax(z, 1)[:, 1] for z in (logits.detach(), logits.detach() - 0.1 * logits.grad))
    assert after[0] > before[0] and after[1] < before[1]


@pytest.mark.parametrize(("exits", "first"), [("all", 0.0), ("last", math.log(2))])
def test_gatekeeper_at_the_last_exit_alone_leaves_the_early_ones_their_cross_entropy(exits: str, first: float) -> None:
    # The first exit is undecided and wrong, which costs Gatekeeper nothing and cross entropy ln 2.
    loss = losses.joint_gatekeeper([OTHER, ONE], torch.tensor([1]), [0.5, 2.0], Gatekeeper(0.25, exits))
    assert float(loss) == pytest.approx(0.5 * first - 2.0 * 0.25 * math.log(0.75))
