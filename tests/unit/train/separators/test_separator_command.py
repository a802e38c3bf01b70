"""What is refused before Keras starts; trainings are tested in tests/system/train."""

import json

import pytest

from edge_app.common.errors import TrainingError
from train.data.data_options import DataOptions
from train.separators import separator_command
from train.separators.separator_settings import SeparatorSettings


def train(run, *, resume=False, **given):
    return separator_command.train(
        given, run=run, sources=DataOptions(), resume=resume, say=pytest.fail
    )


def test_bad_settings_leave_no_folder(tmp_path):
    with pytest.raises(TrainingError, match="epochs 0: at least 1 expected"):
        train(tmp_path / "run", epochs=0)
    assert not (tmp_path / "run").exists()


def test_a_run_keeps_what_it_was_started_with(tmp_path):
    with pytest.raises(TrainingError, match="holds no run to continue"):
        train(tmp_path, resume=True)
    stored = tmp_path / "settings.json"
    stored.write_text(json.dumps(vars(SeparatorSettings(seed=7))))
    before = stored.read_bytes()
    with pytest.raises(TrainingError, match="holds a run already"):
        train(tmp_path)
    with pytest.raises(TrainingError, match="started with seed 7, not 8"):
        train(tmp_path, resume=True, seed=8)
    assert stored.read_bytes() == before
