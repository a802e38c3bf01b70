import shutil

import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")

from edge_app.common.errors import TrainingError
from train.fit import runs
from train.fit.fit_settings import Settings, recipe


@pytest.fixture
def run(tmp_path):
    """A folder whose run was started with two teachers."""
    runs.start(tmp_path, Settings(arch="lenet5", teachers=("a", "b"), seed=3))
    return tmp_path


def test_training_state_survives_a_torn_write(quick_run, tmp_path):
    run = tmp_path / "copy"
    shutil.copytree(quick_run, run)
    (run / "last.keras").write_bytes((run / "last.keras").read_bytes()[:1000])
    with pytest.raises(TrainingError, match=r"not a .keras model"):
        runs.load_model(run / "last.keras")


def test_damaged_history(quick_run, tmp_path):
    (tmp_path / "history.json").write_text("[{")
    with pytest.raises(TrainingError, match="damaged"):
        runs.history_of(tmp_path)


def test_a_run_keeps_what_it_was_started_with(run):
    found = runs.settings_of(run)
    assert found == Settings(arch="lenet5", teachers=("a", "b"), seed=3)
    assert runs.resumed(run, {"seed": 3, "teachers": ("a", "b")}) == found
    with pytest.raises(TrainingError, match="started with seed 3, not 4"):
        runs.resumed(run, {"seed": 4})


def test_a_folder_holds_one_run(run, tmp_path):
    with pytest.raises(TrainingError, match="holds a run already; continue it with"):
        runs.start(run, recipe("edge"))
    assert runs.settings_of(run).arch == "lenet5"
    runs.check_free(tmp_path / "not yet there")


@pytest.mark.parametrize("stored", [None, "{", "[]", '{"seed": 1}', '{"teachers": 3}'])
def test_a_folder_without_a_run_cannot_be_resumed(tmp_path, stored):
    if stored is not None:
        (tmp_path / "settings.json").write_text(stored)
    with pytest.raises(TrainingError, match="holds no run to continue"):
        runs.settings_of(tmp_path)


def test_the_best_epoch_reads_most_and_of_these_is_surest(tmp_path):
    assert runs.history_of(tmp_path) == []
    history = [
        {"epoch": epoch, "val_accuracy": accuracy, "val_loss": loss}
        for epoch, accuracy, loss in ((1, 0.9, 0.1), (2, 0.95, 0.4), (3, 0.95, 0.3))
    ]
    assert runs.best_epoch(history)["epoch"] == 3


def test_a_network_that_is_not_there(tmp_path):
    with pytest.raises(TrainingError, match=r"best\.keras: not a \.keras model"):
        runs.load_model(tmp_path / "best.keras")
