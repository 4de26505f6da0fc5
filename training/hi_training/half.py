"""Weights in half precision: stored as float16, cast back in the graph when a session is made."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def store_weights_in_half(model: onnx.ModelProto, smallest: int = 64) -> onnx.ModelProto:
    """Halves the file. Input, output and arithmetic stay float32: runtimes fold the casts when loading."""
    graph, casts = model.graph, []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if tensor.data_type != TensorProto.FLOAT or values.size < smallest:
            continue
        if np.abs(values).max() > np.finfo(np.float16).max:
            continue
        full, half = tensor.name, tensor.name + ".half"
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), half))
        casts.append(helper.make_node("Cast", [half], [full], name=full + ".cast", to=TensorProto.FLOAT))
    for place, cast in enumerate(casts):
        graph.node.insert(place, cast)
    return model
