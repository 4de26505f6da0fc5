"""A network that looks at the mirror image too."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hi_training import TrainingError, bundle, data, export, network
from hi_training.config import Config, Exits, Export

HISTORY = {"dataset": "mnist", "split": "train[0:320]", "seed": 1, "epochs": 2, "command": "none", "seconds": 1}


@pytest.mark.usefixtures("digits")
def test_the_answer_is_the_mean_of_both_looks_at_twice_the_cost(tiny: Config, tmp_path: Path) -> None:
    plain = replace(tiny, exits=Exits())
    both = replace(plain, name="both", export=Export(mirror=True))
    model = network.build(plain).eval()
    for config in (plain, both):
        export.export(config, model, HISTORY, tmp_path)
    images = data.load("mnist", "test").images[:20]
    one = bundle.Bundle(tmp_path / "tiny.himodel")
    expected = (one.run(images)[0] + one.run(np.ascontiguousarray(images[..., ::-1]))[0]) / 2
    assert np.allclose(bundle.Bundle(tmp_path / "both.himodel").run(images)[0], expected, atol=1e-4)
    manifests = [json.loads((tmp_path / f"{n}.himodel/manifest.json").read_text()) for n in ("tiny", "both")]
    once, twice = (manifest["stages"][0] for manifest in manifests)
    assert twice["multiplyAccumulates"] == 2 * once["multiplyAccumulates"]
    assert twice["parameters"] == once["parameters"]


def test_exits_and_a_mirror_do_not_go_together(write_config) -> None:
    text = 'name = "m"\ndescription = "d"\ndataset = "mnist"\n[model]\narchitecture = "tiny-cnn"\n'
    with pytest.raises(TrainingError, match="without early exits"):
        write_config(text + '[exits]\ncuts = ["blocks.block2"]\n[export]\nmirror = true\n')
