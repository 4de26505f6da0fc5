"""Writes `shipped.json`: what ONNX Runtime from Python says of made images, for every bundle in Models.

    pip install onnxruntime numpy
    python make_shipped.py

An image is made of its number alone (`pixel`), so that the Swift side makes the same one. Kept are images
on which the last exit's two highest logits are well apart: processors differ in how they round.
"""

import json
from pathlib import Path

import numpy as np
import onnxruntime

FOLDER = Path(__file__).resolve().parent
MODELS = FOLDER.parents[2] / "Models"
WANTED, TRIED, APART = 8, 64, 0.5


def pixels(number, count):
    """Stripes and gradients: byte i of image n is (i (3 n + 1) / 8 + 29 n + (i / 7 mod (n + 2)) 16) mod 256."""
    i = np.arange(count, dtype=np.int64)
    return ((i * (3 * number + 1) // 8 + 29 * number + (i // 7 % (number + 2)) * 16) % 256).astype(
        np.uint8)


def tensor(manifest, number):
    shape = manifest["input"]["shape"]
    values = pixels(number, int(np.prod(shape))).reshape([1, *shape])
    normalisation = manifest["input"].get("normalisation")
    if manifest["input"]["tensorType"] == "uint8":
        return values
    values = values.astype(np.float32)
    if normalisation:
        channels = [1, -1, 1, 1] if manifest["input"]["layout"] == "CHW" else [1, 1, 1, -1]
        mean = np.float32(normalisation["mean"]).reshape(channels)
        deviation = np.float32(normalisation["standardDeviation"]).reshape(channels)
        values = (values * np.float32(normalisation["scale"]) - mean) / deviation
    return values.astype({"float16": np.float16}.get(manifest["input"]["tensorType"], np.float32))


def classes(manifest, sessions, number):
    """The class at every exit, and how far apart the two highest logits are at the closest of them."""
    value, found, apart = tensor(manifest, number), [], np.inf
    for stage, session in zip(manifest["stages"], sessions):
        names = [name for name in (stage.get("hidden"), stage["logits"]) if name]
        outputs = dict(zip(names, session.run(names, {stage["input"]: value})))
        logits = np.float32(outputs[stage["logits"]]).ravel()
        high = np.sort(logits)[-2:]
        found.append(int(logits.argmax()))
        apart = min(apart, float(high[1] - high[0]))
        value = outputs.get(stage.get("hidden"))
    return found, apart


def main():
    expected = {}
    for bundle in sorted(MODELS.glob("*.himodel")):
        manifest = json.loads((bundle / "manifest.json").read_text())
        sessions = [
            onnxruntime.InferenceSession(bundle / stage["file"], providers=["CPUExecutionProvider"])
            for stage in manifest["stages"]]
        kept = []
        for number in range(TRIED):
            found, apart = classes(manifest, sessions, number)
            alike = sum(one["classes"][-1] == found[-1] for one in kept)
            if apart > APART and alike < 3:
                kept.append({"image": number, "classes": found})
            if len(kept) == WANTED:
                break
        assert len(kept) >= 3, f"{bundle.name}: only {len(kept)} images are told apart"
        expected[bundle.stem] = kept
    rows = (f'  "{name}": {json.dumps(kept)}' for name, kept in expected.items())
    (FOLDER / "shipped.json").write_text("{\n" + ",\n".join(rows) + "\n}\n")


if __name__ == "__main__":
    main()
