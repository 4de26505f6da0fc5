"""Folds batch norm into the convolution before it, so that the exported graph has none."""

from __future__ import annotations

import copy
from itertools import pairwise

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


def fold_batch_norm(model: nn.Module) -> nn.Module:
    """A copy of `model`, in evaluation mode, where every Sequential of convolution and batch norm is one."""
    model = copy.deepcopy(model).eval()
    sequences = [module for module in model.modules() if isinstance(module, nn.Sequential)]
    for parent in sequences:
        for (first, convolution), (second, norm) in pairwise(list(parent.named_children())):
            if isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                setattr(parent, first, fuse_conv_bn_eval(convolution, norm))
                setattr(parent, second, nn.Identity())
    return model
