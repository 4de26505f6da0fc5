"""From training to an int8 bundle, on a network and a data set that take seconds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from hi_training import TrainingError, bundle, compare, data, evaluate, export, quantize, train
from hi_training.config import Config, Distillation, Export, Gatekeeper, Quantize

HISTORY = {"dataset": "mnist", "split": "train[0:320]", "seed": 1, "epochs": 2, "command": "none", "seconds": 1}
STAGE_KEYS = {
    "file", "sha256", "bytes", "input", "hidden", "logits", "multiplyAccumulates", "parameters", "precision",
}  # fmt: skip
KEYS = {
    "schema", "name", "version", "description", "classes", "input", "stages", "precision", "training", "accuracy",
}  # fmt: skip


@pytest.fixture
def checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(train, "CHECKPOINTS", tmp_path / "checkpoints")
    return tmp_path / "checkpoints"


@pytest.mark.usefixtures("digits", "checkpoints")
def test_a_network_is_trained_exported_and_quantised(tiny: Config, tmp_path: Path) -> None:
    tiny = replace(tiny, train=replace(tiny.train, epochs=8, flip=False, shift=0), quantize=Quantize(samples=60))
    folder = export.export(tiny, train.train(tiny), HISTORY, tmp_path / "models")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest) == KEYS and manifest["schema"] == "hi.model/1"
    assert [set(stage) for stage in manifest["stages"]] == [STAGE_KEYS] * 2
    assert [(s["input"], s["hidden"], s["logits"]) for s in manifest["stages"]] == [
        ("image", "hidden1", "logits1"),
        ("hidden1", None, "logits2"),
    ]
    assert manifest["accuracy"][1]["accuracy"] > 0.5  # chance is 0.1
    again = evaluate.evaluate(bundle.Bundle(folder), data.load("mnist", "test"))
    assert again == manifest["accuracy"]
    assert "| 2 |" in (folder / "CARD.md").read_text(encoding="utf-8")
    for stage in manifest["stages"]:
        model = onnx.load(folder / stage["file"])
        assert model.ir_version <= 10 and model.opset_import[0].version <= 18
        assert {node.op_type for node in model.graph.node}.isdisjoint({"If", "BatchNormalization", "Dropout"})
        tensors = [*model.graph.input, *model.graph.output]
        assert {tensor.type.tensor_type.shape.dim[0].dim_param for tensor in tensors} == {"N"}
    small = quantize.quantize(tiny, tmp_path / "models")
    assert bundle.read_manifest(small)["precision"] == "int8"
    assert bundle.read_manifest(small)["accuracy"][1]["accuracy"] > manifest["accuracy"][1]["accuracy"] - 0.05


@pytest.mark.usefixtures("digits")
@pytest.mark.parametrize("precision", ["fp32", "fp16"])
def test_the_stages_in_onnx_equal_the_network(tiny: Config, tmp_path: Path, precision: str) -> None:
    from hi_training import network

    tiny = replace(tiny, export=Export(precision=precision))
    model = network.build(tiny).eval()
    export.write_stages(tiny, model, HISTORY, tmp_path)
    images = data.load("mnist", "test").images
    assert export.check_parity(tmp_path, tiny, model, images[:200]) <= export.PARITY[precision]
    one, many = bundle.Bundle(tmp_path).run(images[:1]), bundle.Bundle(tmp_path).run(images[:7])
    assert np.allclose(one[1][0], many[1][0], atol=1e-4)


@pytest.mark.usefixtures("digits")
def test_a_network_that_is_not_the_exported_one_is_noticed(tiny: Config, tmp_path: Path) -> None:
    from hi_training import network

    export.write_stages(tiny, network.build(tiny).eval(), HISTORY, tmp_path)
    other = network.build(replace(tiny, train=replace(tiny.train, seed=2))).eval()
    with pytest.raises(TrainingError, match="differs from PyTorch"):
        export.check_parity(tmp_path, tiny, other, data.load("mnist", "test").images[:20])


@pytest.mark.usefixtures("digits")
def test_a_changed_file_is_refused(tiny: Config, tmp_path: Path) -> None:
    from hi_training import network

    export.write_stages(tiny, network.build(tiny).eval(), HISTORY, tmp_path)
    with (tmp_path / "stage2.onnx").open("ab") as file:
        file.write(b"\x00")
    with pytest.raises(TrainingError, match=r"stage2\.onnx is not the file"):
        bundle.Bundle(tmp_path)


@pytest.mark.usefixtures("digits")
@pytest.mark.parametrize("cycles", [[], [1, 1]])
def test_training_resumes_to_the_same_weights(tiny: Config, checkpoints: Path, cycles: list[int]) -> None:
    """One run of two epochs, and one that is killed after the first: the same network."""
    tiny = replace(tiny, train=replace(tiny.train, cycles=cycles))
    tiny = replace(tiny, distillation=Distillation(soft_labels=0.5, features=1.0))
    straight = train.train(tiny).state_dict()
    (checkpoints / "tiny" / "last.pt").unlink()
    real = train._save

    def save_and_stop(*arguments) -> None:
        real(*arguments)
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(train, "_save", save_and_stop)
        train.train(tiny)
    resumed = train.train(tiny).state_dict()
    assert all(bool((straight[name] == resumed[name]).all()) for name in straight)


@pytest.mark.usefixtures("digits")
def test_a_checkpoint_of_another_network_is_refused(tiny: Config, checkpoints: Path) -> None:
    train.train(tiny)
    tiny.model.options["widths"] = [4, 4, 8]
    with pytest.raises(TrainingError, match="another configuration"):
        train.train(tiny)
    (checkpoints / "tiny" / "last.pt").write_bytes(b"junk")
    with pytest.raises(TrainingError, match="not a readable checkpoint"):
        train.trained(tiny)


def test_the_wilson_interval_is_the_published_one() -> None:
    """Newcombe (1998), table I, method 3: 81 of 263 gives 0.2553 to 0.3662."""
    assert evaluate.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


@pytest.mark.usefixtures("digits", "checkpoints")
def test_the_comparison_has_a_row_a_variant_and_a_figure_a_seed(tiny: Config) -> None:
    rows = compare.table(replace(tiny, train=replace(tiny.train, epochs=1)), [1, 2]).splitlines()
    assert len(rows) == 2 + len(compare.VARIANTS)
    assert rows[2].count("±") == 2 and rows[2].count(", ") == 2


@pytest.mark.usefixtures("digits")
def test_tuning_starts_from_the_whole_checkpoint_and_gatekeeper_moves_it(
    tiny: Config, checkpoints: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hi_training import network

    monkeypatch.setenv("HI_PRETRAINED", str(checkpoints))
    start = train.train(tiny)
    model = replace(tiny.model, start_from="tiny/last.pt", start_exits=True)
    images = torch.rand(4, 1, 28, 28)
    again = network.build(replace(tiny, model=model)).eval()
    assert all(torch.equal(a, b) for a, b in zip(again(images), start(images), strict=True))
    other = replace(tiny, model=model, exits=replace(tiny.exits, head="conv"))
    with pytest.raises(TrainingError, match="give it the same"):
        network.build(other)
    answers = [
        train.train(replace(tiny, name=f"alpha{alpha}", model=model, gatekeeper=Gatekeeper(alpha)))(images)
        for alpha in (0.0, 0.1)
    ]
    assert not torch.allclose(answers[0][1], answers[1][1])
