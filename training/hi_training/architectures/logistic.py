"""Logistic regression: the paper's model for Arduino Nano and ESP32."""

from __future__ import annotations

import math

from torch import nn


class LogisticRegression(nn.Sequential):
    def __init__(self, shape: tuple[int, int, int], classes: int) -> None:
        super().__init__(nn.Flatten(), nn.Linear(math.prod(shape), classes))
