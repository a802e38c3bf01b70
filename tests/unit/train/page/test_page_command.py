"""What is refused before Keras starts; trainings are tested in tests/system/train."""

import json

import pytest

from edge_app.common.errors import TrainingError
from train.data.data_options import DataOptions
from train.page import page_command
from train.page.page_settings import PageSettings


def train(run, *, resume=False, **given):
    said = []
    try:
        return page_command.train(
            given, run=run, sources=DataOptions(), resume=resume, say=said.append
        )
    finally:
        assert said == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"epochs": 0}, "epochs 0: at least 1 expected"),
        ({"side": 50}, "side 50: a multiple of 16 expected"),
        ({"dropout": 0.5}, "--dropout: no option of the page networks"),
    ],
)
def test_bad_settings_leave_no_folder(tmp_path, given, message):
    with pytest.raises(TrainingError, match=message):
        train(tmp_path / "run", arch="page-lite", **given)
    assert not (tmp_path / "run").exists()


def test_a_folder_without_a_run_cannot_be_resumed(tmp_path):
    with pytest.raises(TrainingError, match="holds no run to continue"):
        train(tmp_path, resume=True)


def test_a_run_keeps_what_it_was_started_with(tmp_path):
    stored = tmp_path / "settings.json"
    stored.write_text(json.dumps(vars(PageSettings(seed=7))))
    before = stored.read_bytes()
    with pytest.raises(TrainingError, match="holds a run already"):
        train(tmp_path)
    with pytest.raises(TrainingError, match="started with seed 7, not 8"):
        train(tmp_path, resume=True, seed=8)
    assert stored.read_bytes() == before
