"""Folds batch norm into the convolution before it, so that the exported graph has none."""

from __future__ import annotations

import copy

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


def fold_batch_norm(model: nn.Module) -> nn.Module:
    """A copy of `model`, in evaluation mode, where every Sequential of convolution and batch norm is one."""
    model = copy.deepcopy(model).eval()
    for parent in list(model.modules()):
        children = list(parent.named_children())
        for (first, convolution), (second, norm) in zip(children, children[1:], strict=False):
            if isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d) and _in_order(parent):
                setattr(parent, first, fuse_conv_bn_eval(convolution, norm))
                setattr(parent, second, nn.Identity())
    return model


def _in_order(parent: nn.Module) -> bool:
    """Whether children run one after the other: in a Sequential they surely do."""
    return isinstance(parent, nn.Sequential)
