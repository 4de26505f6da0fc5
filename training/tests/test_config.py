"""Every mistake in a configuration is one sentence that names the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from hi_training import TrainingError, config

GOOD = 'name = "a"\ndescription = "b"\ndataset = "mnist"\n[model]\narchitecture = "tiny-cnn"\n'
CONFIGS = sorted((Path(__file__).parents[1] / "configs").glob("*.toml"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name = 1", "'name' must be str"),
        ('description = "b"', "'name' is missing"),
        (GOOD + "[train]\nepoch = 3", "unknown key 'epoch'"),
        (GOOD + "[train]\nepochs = 0", "'epochs' must be at least 1"),
        (GOOD + "[train]\nepochs = true", "'epochs' must be int"),
        (GOOD + '[train]\noptimizer = "adam"', "choose one of sgd, adamw"),
        (GOOD + "[train]\nsides = [32]", "give one an epoch"),
        (GOOD + '[exits]\ncuts = ["x"]\nweights = [1.0]', "1 weights for 2 exits"),
        (GOOD + "[gatekeeper]\nalpha = 0.5", r"give it \[model\] start_from"),
        (GOOD + 'start_from = "a"\n[gatekeeper]\nalpha = 1.0', "below 1, not 1"),
        (GOOD + 'start_from = "a"\n[gatekeeper]\nalpha = 0.5\nexits = "first"', "choose one of all, last"),
        (GOOD + 'start_from = "a"\n[gatekeeper]\nalpha = 0.5\n[train]\nlabel_smoothing = 0.1', "no label smoothing"),
        (GOOD + "start_exits = true", "start_exits needs"),
        ("name = ", "not readable TOML"),
    ],
)
def test_a_mistake_is_one_sentence(write_config, text: str, expected: str) -> None:
    with pytest.raises(TrainingError, match=expected) as error:
        write_config(text)
    assert "\n" not in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"none\.toml does not exist"):
        config.load(tmp_path / "none.toml")


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_the_shipped_configurations_are_valid_and_named_after_their_model(path: Path) -> None:
    assert config.load(path).name == path.stem


def test_a_seed_of_several_has_its_own_name_and_starts_from_its_own(write_config) -> None:
    one = config.seeded(write_config(GOOD + 'start_from = "b-seed{seed}/last.pt"'), 3)
    assert (one.name, one.train.seed, one.model.start_from) == ("a-seed3", 3, "b-seed3/last.pt")
