"""Batches of training images: shuffled, shifted, flipped, partly erased, normalised. All on tensors."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from .config import Train
from .data import Samples


class Normalise:
    """uint8 [N, C, H, W] to float32, exactly as the runtime does it."""

    def __init__(self, scale: float, mean: list[float], deviation: list[float]) -> None:
        self.scale = scale
        self.mean = torch.tensor(mean).view(1, -1, 1, 1)
        self.deviation = torch.tensor(deviation).view(1, -1, 1, 1)

    def __call__(self, images: Tensor) -> Tensor:
        return (images.float() * self.scale - self.mean) / self.deviation


class Batches:
    """The training split, augmented anew every epoch; the last incomplete batch is left out."""

    def __init__(self, samples: Samples, settings: Train, normalise: Normalise) -> None:
        self.settings = settings
        self.normalise = normalise
        self.labels = torch.from_numpy(np.ascontiguousarray(samples.labels))
        self.size = samples.images.shape[-1]
        p = settings.shift
        mode = "constant" if settings.shift_padding == "constant" else "reflect"
        padded = np.pad(samples.images, ((0, 0), (0, 0), (p, p), (p, p)), mode=mode)
        # [N, C, 2p+1, 2p+1, H, W]: a view of every possible shift.
        self.windows = torch.from_numpy(padded).unfold(2, self.size, 1).unfold(3, self.size, 1)

    def __len__(self) -> int:
        return len(self.labels) // self.settings.batch

    def epoch(self, number: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Normalised images [N, C, H, W] and labels [N]; the same for the same seed and epoch."""
        random = torch.Generator().manual_seed(self.settings.seed * 100_003 + number)
        order = torch.randperm(len(self.labels), generator=random)
        for start in range(0, len(self) * self.settings.batch, self.settings.batch):
            chosen = order[start : start + self.settings.batch]
            yield self._augment(chosen, random), self.labels[chosen]

    def _augment(self, chosen: Tensor, random: torch.Generator) -> Tensor:
        count, settings = len(chosen), self.settings
        shifts = torch.randint(2 * settings.shift + 1, (2, count), generator=random)
        images = self.normalise(self.windows[chosen, :, shifts[0], shifts[1]])
        if settings.flip:
            flipped = torch.rand(count, generator=random) < 0.5
            images = torch.where(flipped.view(-1, 1, 1, 1), images.flip(3), images)
        if settings.cutout:
            images = images.masked_fill(self._holes(count, random), 0.0)
        return images

    def _holes(self, count: int, random: torch.Generator) -> Tensor:
        """Half of the images lose a square: bool [N, 1, H, W]."""
        side = self.settings.cutout
        corner = torch.randint(1 - side // 2, self.size - side // 2, (2, count, 1), generator=random)
        line = torch.arange(self.size).view(1, -1)
        rows = (line >= corner[0]) & (line < corner[0] + side)
        columns = (line >= corner[1]) & (line < corner[1] + side)
        used = (torch.rand(count, generator=random) < 0.5).view(-1, 1, 1)
        return (rows.unsqueeze(2) & columns.unsqueeze(1) & used).unsqueeze(1)
