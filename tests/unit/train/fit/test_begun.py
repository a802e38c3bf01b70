import json
from dataclasses import asdict, dataclass

import pytest

from edge_app.common.errors import TrainingError
from train.fit.begun import begun


@dataclass(frozen=True)
class Chosen:
    seed: int = 1
    epochs: int = 6


def chosen(given):
    if unknown := [name for name in given if not hasattr(Chosen, name)]:
        raise TrainingError(f"{unknown[0]}: no option")
    if given.get("epochs", 1) < 1:
        raise TrainingError(f"epochs {given['epochs']}: at least 1 expected")
    return Chosen(**given)


@pytest.fixture
def run(tmp_path):
    """A folder whose run was started with 3 epochs."""
    (tmp_path / "settings.json").write_text(json.dumps(asdict(Chosen(epochs=3))))
    return tmp_path


def test_a_new_run_has_what_is_given(tmp_path):
    folder = tmp_path / "not yet there"
    assert begun(folder, {"seed": 4}, chosen, resume=False) == Chosen(seed=4)
    assert not folder.exists()


def test_a_run_is_not_overwritten(run):
    with pytest.raises(TrainingError, match="holds a run already; continue it with"):
        begun(run, {}, chosen, resume=False)


@pytest.mark.parametrize("given", [{}, {"epochs": 3}])
def test_a_resumed_run_keeps_its_settings(run, given):
    assert begun(run, given, chosen, resume=True) == Chosen(epochs=3)


def test_other_settings_are_refused_on_resuming(run):
    with pytest.raises(TrainingError, match="started with epochs 3, not 9; a resumed"):
        begun(run, {"epochs": 9}, chosen, resume=True)


def test_values_out_of_range_are_told_before_the_folder_is(run):
    with pytest.raises(TrainingError, match="epochs 0"):
        begun(run, {"epochs": 0}, chosen, resume=False)


@pytest.mark.parametrize(
    "stored", [None, "{", "[1]", '{"unknown": 1}', '{"epochs": 0}']
)
def test_a_folder_without_a_run_cannot_be_resumed(tmp_path, stored):
    if stored is not None:
        (tmp_path / "settings.json").write_text(stored)
    with pytest.raises(TrainingError, match="holds no run to continue"):
        begun(tmp_path, {}, chosen, resume=True)
