"""Early exits (BranchyNet): cut a network at named modules and give every cut an exit.

    network = with_exits(MyNetwork(), cuts=["layer2"], classes=10, sample=torch.zeros(1, 3, 32, 32))

makes of any network that `torch.fx` can trace a list of stages. Stage k takes the hidden tensor of
stage k-1 and gives the next hidden tensor and its exit's logits; the last gives logits alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, fx, nn
from torch.fx.passes.split_module import split_module

from . import TrainingError


class PoolHead(nn.Sequential):
    """Average pool and a linear layer: hidden [N, C, H, W] or [N, C] to logits [N, classes]."""

    def __init__(self, channels: int, classes: int, spatial: bool = True) -> None:
        pool = [nn.AdaptiveAvgPool2d(1), nn.Flatten()] if spatial else []
        super().__init__(*pool, nn.Linear(channels, classes))


class ConvHead(nn.Sequential):
    """A 3x3 convolution of stride 2, then a PoolHead."""

    def __init__(self, channels: int, classes: int, width: int) -> None:
        super().__init__(
            nn.Conv2d(channels, width, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
            PoolHead(width, classes),
        )


class DeepHead(nn.Sequential):
    """Three 3x3 convolutions of stride 2, each twice as wide as the one before, then a PoolHead.

    For exits on large, narrow maps, which say little before they are seen from further away.
    """

    def __init__(self, channels: int, classes: int, width: int) -> None:
        layers: list[nn.Module] = []
        for _ in range(3):
            layers += [
                nn.Conv2d(channels, width, 3, stride=2, padding=1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(inplace=True),
            ]
            channels, width = width, 2 * width
        super().__init__(*layers, PoolHead(channels, classes))


class Stage(nn.Module):
    """A piece of the backbone and, but for the last, the head of its exit."""

    def __init__(self, body: nn.Module, head: nn.Module | None) -> None:
        super().__init__()
        self.body = body
        self.head = head

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor] | Tensor:
        hidden = self.body(x)
        return hidden if self.head is None else (hidden, self.head(hidden))


class StagedNetwork(nn.Module):
    """Stages that run one after the other. `forward` gives the logits [N, classes] of every exit."""

    def __init__(self, stages: list[Stage]) -> None:
        super().__init__()
        self.stages = nn.ModuleList(stages)

    def forward(self, x: Tensor) -> list[Tensor]:
        return self.forward_with_features(x)[0]

    def early_logits(self, x: Tensor) -> list[Tensor]:
        """Every early exit's logits, for training the heads alone.

        The backbone stays as it is: it gets no gradient, and its batch norms use their running averages.
        """
        logits = []
        for stage in self.stages:
            if stage.head is None:
                break
            with torch.no_grad():
                x = stage.body.eval()(x)
            logits.append(stage.head(x))
        return logits

    def forward_with_features(self, x: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """Every exit's logits, and what each answered from: the hidden tensors, then the last feature map."""
        logits, features = [], []
        for stage in self.stages:
            if stage.head is None:
                with _watch_pool(stage.body, features):
                    logits.append(stage(x))
            else:
                x, answer = stage(x)
                logits.append(answer)
                features.append(x)
        return logits, features


@contextmanager
def _watch_pool(body: nn.Module, features: list[Tensor]) -> Iterator[None]:
    """Appends what goes into the first pooling over the whole map, or the first flattening, of `body`."""
    pool = next((m for m in body.modules() if isinstance(m, nn.AdaptiveAvgPool2d | nn.Flatten)), None)
    if pool is None:
        yield
        return
    handle = pool.register_forward_pre_hook(lambda _, inputs: features.append(inputs[0]))
    try:
        yield
    finally:
        handle.remove()


class _Tracer(fx.Tracer):
    """Treats the cut modules as leaves, so that each is one node of the graph."""

    def __init__(self, cuts: list[str]) -> None:
        super().__init__()
        self.cuts = cuts

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return module_qualified_name in self.cuts or super().is_leaf_module(m, module_qualified_name)


def with_exits(
    model: nn.Module, cuts: list[str], classes: int, sample: Tensor, head: str = "pool", head_channels: int = 0
) -> StagedNetwork:
    """Cuts `model` after the modules named in `cuts` and puts an exit on each.

    `sample` is one input [1, C, H, W]; it only serves to find the shapes.
    """
    if not cuts:
        return StagedNetwork([Stage(model, None)])
    *pieces, last = _split(model, cuts)
    stages = []
    for piece in pieces:
        with torch.no_grad():
            sample = piece.eval()(sample)
        stages.append(Stage(piece.train(), _make_head(sample, classes, head, head_channels)))
    return StagedNetwork([*stages, Stage(last, None)])


def _make_head(hidden: Tensor, classes: int, kind: str, width: int) -> nn.Module:
    channels, spatial = hidden.shape[1], hidden.dim() == 4
    if kind == "deep" and spatial:
        return DeepHead(channels, classes, width or 2 * channels)
    if kind == "conv" and spatial:
        return ConvHead(channels, classes, width or channels)
    return PoolHead(channels, classes, spatial)


def _split(model: nn.Module, cuts: list[str]) -> list[nn.Module]:
    names = dict(model.named_modules())
    for cut in cuts:
        if cut not in names:
            near = ", ".join(name for name in names if name and name.count(".") <= cut.count("."))
            raise TrainingError(f"The network has no module '{cut}' to put an exit after; it has {near}.")
    tracer = _Tracer(cuts)
    graph = tracer.trace(model)
    order = {node: place for place, node in enumerate(graph.nodes)}
    ends = []
    for cut in cuts:
        calls = [order[n] for n in graph.nodes if n.op == "call_module" and n.target == cut]
        if len(calls) != 1:
            raise TrainingError(
                f"The module '{cut}' runs {len(calls)} times; cut after one that runs once, "
                "and name the inner module where two cuts lie within each other."
            )
        ends += calls
    if ends != sorted(ends):
        raise TrainingError("The cuts are not in the order in which the modules run; sort them.")
    traced = fx.GraphModule(model, graph)
    whole = split_module(traced, model, lambda node: sum(order[node] > end for end in ends))
    pieces = [getattr(whole, f"submod_{k}") for k in range(len(ends) + 1)]
    for cut, piece in zip(cuts, pieces[1:], strict=True):
        if sum(node.op == "placeholder" for node in piece.graph.nodes) != 1:
            raise TrainingError(
                f"More than one tensor crosses the cut after '{cut}'; cut where the network is one tensor wide."
            )
    return pieces
