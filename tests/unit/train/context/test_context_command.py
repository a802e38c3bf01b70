"""What is refused before Keras starts; trainings are tested in tests/system/train."""

import json

import pytest

from edge_app.common.errors import TrainingError
from train.context import context_command
from train.context.context_settings import ContextSettings
from train.data.data_options import DataOptions


def train(run, *, resume=False, **given):
    said = []
    try:
        return context_command.train(
            given, run=run, sources=DataOptions(), resume=resume, say=said.append
        )
    finally:
        assert said == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "name its run folder with --page-run"),
        ({"page_run": "x", "glyph_pages": -1}, "glyph_pages -1: at least 0 expected"),
        ({"page_run": "x", "steps": 3}, "--steps: no option of the context network"),
    ],
)
def test_bad_settings_leave_no_folder(tmp_path, given, message):
    with pytest.raises(TrainingError, match=message):
        train(tmp_path / "run", **given)
    assert not (tmp_path / "run").exists()


def test_a_folder_without_a_run_cannot_be_resumed(tmp_path):
    with pytest.raises(TrainingError, match="holds no run to continue"):
        train(tmp_path, resume=True)


def test_a_run_keeps_what_it_was_started_with(tmp_path):
    stored = tmp_path / "settings.json"
    stored.write_text(json.dumps(vars(ContextSettings(page_run="x", seed=7))))
    before = stored.read_bytes()
    with pytest.raises(TrainingError, match="holds a run already"):
        train(tmp_path, page_run="x")
    with pytest.raises(TrainingError, match="started with page_run x, not y"):
        train(tmp_path, resume=True, page_run="y")
    assert stored.read_bytes() == before
