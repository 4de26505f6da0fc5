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
