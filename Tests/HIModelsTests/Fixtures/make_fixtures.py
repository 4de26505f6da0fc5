"""Writes the model bundles that the tests of HIModels read.

    pip install onnx onnxruntime numpy
    python make_fixtures.py

`two-stage.himodel` takes a grey 4 x 4 image:

    stage 1   hidden = relu(W1 x),  [N, 2, 2, 2];  logits1 = H1 flatten(hidden)
    stage 2   logits2 = H2 flatten(hidden)

Weights are small multiples of 1/8, drawn once with a fixed seed. `expected.json` has the logits of a
few images, computed here by NumPy in double precision; ONNX Runtime's own Python API has to agree
before anything is written.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

FOLDER = Path(__file__).parent
CLASSES = ["circle", "square", "triangle"]
SCALE, MEAN, DEVIATION = 1 / 255, 0.25, 0.5


def tensor(name, shape, dtype=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, dtype, shape)


def constant(name, value):
    return numpy_helper.from_array(value, name)


def model(nodes, name, inputs, outputs, weights):
    graph = helper.make_graph(nodes, name, inputs, outputs, weights)
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(proto)
    return proto.SerializeToString()


def stage1(w1, h1, shape=("N", 1, 4, 4), dtype=TensorProto.FLOAT):
    nodes = [
        helper.make_node("Flatten", ["image"], ["flat"]),
        helper.make_node("MatMul", ["flat", "w1"], ["mixed"]),
        helper.make_node("Relu", ["mixed"], ["active"]),
        helper.make_node("Reshape", ["active", "form"], ["hidden1"]),
        helper.make_node("MatMul", ["active", "h1"], ["logits1"]),
    ]
    weights = [constant("w1", w1), constant("h1", h1), constant("form", np.int64([-1, 2, 2, 2]))]
    if dtype != TensorProto.FLOAT:
        nodes[0] = helper.make_node("Flatten", ["number"], ["flat"])
        nodes.insert(0, helper.make_node("Cast", ["image"], ["number"], to=TensorProto.FLOAT))
    outputs = [tensor("hidden1", ["N", 2, 2, 2]), tensor("logits1", ["N", 3])]
    return model(nodes, "stage1", [tensor("image", list(shape), dtype)], outputs, weights)


def stage2(h2):
    nodes = [
        helper.make_node("Flatten", ["hidden1"], ["flat"]),
        helper.make_node("MatMul", ["flat", "h2"], ["logits2"]),
    ]
    return model(
        nodes, "stage2", [tensor("hidden1", ["N", 2, 2, 2])], [tensor("logits2", ["N", 3])],
        [constant("h2", h2)],
    )  # fmt: skip


def write_bundle(name, files):
    folder = FOLDER / f"{name}.himodel"
    folder.mkdir(exist_ok=True)
    stages = []
    for number, (contents, cost) in enumerate(files, start=1):
        (folder / f"stage{number}.onnx").write_bytes(contents)
        last = number == len(files)
        stages.append(
            {
                "file": f"stage{number}.onnx",
                "sha256": hashlib.sha256(contents).hexdigest(),
                "bytes": len(contents),
                "input": "image" if number == 1 else f"hidden{number - 1}",
                "hidden": None if last else f"hidden{number}",
                "logits": f"logits{number}",
                "multiplyAccumulates": cost,
                "parameters": cost,
                "precision": "fp32",
            }
        )
    manifest = {
        "schema": "hi.model/1",
        "name": name,
        "version": "1",
        "description": "A model for tests.",
        "classes": CLASSES,
        "input": {
            "shape": [1, 4, 4],
            "layout": "CHW",
            "elementType": "uint8",
            "tensorType": "float32",
            "normalisation": {"scale": SCALE, "mean": [MEAN], "standardDeviation": [DEVIATION]},
        },
        "stages": stages,
        "precision": "fp32",
        "training": {"dataset": None, "epochs": 0},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    return folder


def main():
    random = np.random.default_rng(1)
    w1 = (random.integers(-8, 9, (16, 8)) / 8).astype(np.float32)
    h1 = (random.integers(-8, 9, (8, 3)) / 8).astype(np.float32)
    h2 = (random.integers(-8, 9, (8, 3)) / 8).astype(np.float32)
    images = random.integers(0, 256, (8, 1, 4, 4)).astype(np.uint8)

    first, second = stage1(w1, h1), stage2(h2)
    write_bundle("two-stage", [(first, 16 * 8 + 8 * 3), (second, 8 * 3)])
    # Sound files whose tensors are not the manifest's.
    write_bundle("wrong-shape", [(stage1(w1[:12], h1, ("N", 1, 3, 4)), 1), (second, 1)])
    write_bundle("wrong-type", [(stage1(w1, h1, dtype=TensorProto.UINT8), 1), (second, 1)])
    write_bundle("fixed-batch", [(stage1(w1, h1, (1, 1, 4, 4)), 1), (second, 1)])

    x = (images.reshape(8, 16) * SCALE - MEAN) / DEVIATION
    hidden = np.maximum(x @ w1.astype(np.float64), 0)
    expected = [hidden @ h1.astype(np.float64), hidden @ h2.astype(np.float64)]

    peer = onnxruntime.InferenceSession(first).run(
        ["hidden1", "logits1"], {"image": x.astype(np.float32).reshape(8, 1, 4, 4)}
    )
    last = onnxruntime.InferenceSession(second).run(["logits2"], {"hidden1": peer[0]})
    np.testing.assert_allclose(peer[1], expected[0], atol=1e-5)
    np.testing.assert_allclose(last[0], expected[1], atol=1e-5)

    document = {
        "images": images.reshape(8, 16).tolist(),
        "logits": [[row.round(9).tolist() for row in exit] for exit in expected],
    }
    (FOLDER / "expected.json").write_text(json.dumps(document) + "\n")


if __name__ == "__main__":
    main()
