"""The joint loss over all exits, self-distillation from the last exit into the early ones, and Gatekeeper."""

from __future__ import annotations

import math
from itertools import pairwise

import torch.nn.functional as F
from torch import Tensor

from .config import Distillation, Gatekeeper


def joint(logits: list[Tensor], labels: Tensor, weights: list[float], smoothing: float) -> Tensor:
    """Sum over the exits of weight x cross entropy. logits: one [N, classes] an exit; labels: [N]."""
    losses = [
        weight * F.cross_entropy(answer.float(), labels, label_smoothing=smoothing)
        for weight, answer in zip(weights, logits, strict=True)
    ]
    return sum(losses[1:], losses[0])


def joint_gatekeeper(logits: list[Tensor], labels: Tensor, weights: list[float], settings: Gatekeeper) -> Tensor:
    """The joint loss with `gatekeeper` in place of cross entropy, at all exits or at the last alone."""
    last = len(logits) - 1
    losses = [
        weight
        * (
            gatekeeper(answer, labels, settings.alpha)
            if settings.exits == "all" or place == last
            else F.cross_entropy(answer.float(), labels)
        )
        for place, (weight, answer) in enumerate(zip(weights, logits, strict=True))
    ]
    return sum(losses[1:], losses[0])


def gatekeeper(logits: Tensor, labels: Tensor, alpha: float) -> Tensor:
    """Sure where right, undecided where wrong, so that a threshold on confidence parts the two.

    `alpha / N` x the sum of cross entropies of the samples whose highest logit is the label's, plus
    `(1 - alpha) / N` x the sum of KL(softmax || uniform) of the others, N the whole batch: Rabanser,
    Rauschmayr, Kulshrestha et al., 2025, "Gatekeeper: Improving Model Cascades Through Confidence Tuning".
    logits: [N, classes]; labels: [N].
    """
    logarithms = F.log_softmax(logits.float(), dim=1)
    right = logits.detach().argmax(1) == labels
    surprise = F.nll_loss(logarithms, labels, reduction="none")
    divergence = math.log(logits.shape[1]) + (logarithms.exp() * logarithms).sum(1)  # ln C less the entropy
    return (alpha * surprise * right + (1 - alpha) * divergence * ~right).mean()


def self_distillation(logits: list[Tensor], features: list[Tensor], settings: Distillation) -> Tensor:
    """What the early exits miss of the last exit, whose answer is taken as given (no gradient).

    Soft labels: KL divergence at a temperature. Features: the squared distance of the attention maps
    (channel mean of squares, unit length) of neighbouring exits, which needs no layer of its
    own to match the channels.
    """
    temperature = settings.temperature
    teacher = F.log_softmax(logits[-1].detach().float() / temperature, dim=1)
    loss = logits[-1].new_zeros(())
    for student in logits[:-1] if settings.soft_labels else []:
        answer = F.log_softmax(student.float() / temperature, dim=1)
        divergence = F.kl_div(answer, teacher, log_target=True, reduction="batchmean")
        loss = loss + settings.soft_labels * temperature**2 * divergence
    if settings.features:
        maps = [h for h in features if h.dim() == 4]
        for shallow, deep in pairwise(maps):
            size = deep.shape[-2:]
            distance = F.mse_loss(_attention(shallow, size), _attention(deep, size).detach(), reduction="sum")
            loss = loss + settings.features * distance / len(shallow)
    return loss


def _attention(hidden: Tensor, size: tuple[int, int]) -> Tensor:
    """[N, C, H, W] to [N, h*w] of unit length."""
    attention = F.adaptive_avg_pool2d(hidden.float().square().mean(1, keepdim=True), size)
    return F.normalize(attention.flatten(1), dim=1)
