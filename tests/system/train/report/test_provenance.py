import platform
from importlib.metadata import version

import pytest
from needed import need

need("tensorflow", reason="its version is told")

from train.fit.fit_settings import recipe
from train.report import provenance


def described(arch="edge", **changes):
    settings = type(recipe(arch))(**{**vars(recipe(arch)), **changes})
    return provenance.describe(
        settings,
        data=provenance.data_of(settings),
        num_training=540,
        num_validation=60,
    )


@pytest.mark.parametrize(
    ("changes", "options"),
    [
        ({}, ""),
        ({"epochs": 3, "learning_rate": 0.01}, " --epochs 3 --learning-rate 0.01"),
        ({"augment": False}, " --no-augment"),
        ({"teachers": ("runs/a", "runs/b")}, " --teachers runs/a runs/b"),
        ({"hands": True}, " --strokes DIR"),
        ({"images": "runs/all.npz"}, " --images runs/all.npz"),
        ({"ema_momentum": 0.0, "seed": 5}, " --ema-momentum 0.0 --seed 5"),
    ],
)
def test_the_command_names_what_differs_from_the_recipe(changes, options):
    found = described(**changes)
    assert found["command"] == "python -m train --arch edge" + options
    assert found["seed"] == changes.get("seed", 1)


def test_a_recipes_own_values_are_not_repeated():
    assert described("report")["command"] == "python -m train --arch report"
    command = described("report", ema_momentum=0.9)["command"]
    assert command == "python -m train --arch report --ema-momentum 0.9"


@pytest.mark.parametrize("hands", [False, True])
def test_data_and_versions_are_told(hands):
    found = described(hands=hands)
    assert "540 fitted, 60 to choose the epoch" in found["data"]
    assert ("UNIPEN" in found["data"]) == hands
    assert found["versions"] == {
        "python": platform.python_version(),
        **{name: version(name) for name in ("keras", "tensorflow", "numpy")},
    }
