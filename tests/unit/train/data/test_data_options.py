import argparse
from pathlib import Path

import pytest

from edge_app.common.option_fields import add_options, values_of
from train.data.data_options import DataOptions, add_run


def parsed(*words, default=None):
    parser = argparse.ArgumentParser()
    add_options(parser, DataOptions)
    add_run(parser, default, "folder for the results")
    return parser.parse_args(words)


def test_data_are_downloaded_unless_they_are_somewhere():
    arguments = parsed()
    assert DataOptions(**values_of(DataOptions, arguments)) == DataOptions()
    assert DataOptions() == DataOptions(None, None, None, jobs=2)
    assert arguments.run is None


def test_places_are_paths():
    words = ["--data", "a.npz", "--unknowns", "b", "--strokes", "c", "--jobs", "5"]
    arguments = parsed(*words, "--run", "runs/x")
    assert DataOptions(**values_of(DataOptions, arguments)) == DataOptions(
        Path("a.npz"), Path("b"), Path("c"), jobs=5
    )
    assert arguments.run == Path("runs/x")
    assert parsed(default=Path("runs/y")).run == Path("runs/y")


@pytest.mark.parametrize("jobs", ["0", "-1", "two"])
def test_at_least_one_process_prepares_data(jobs, capsys):
    with pytest.raises(SystemExit):
        parsed("--jobs", jobs)
    assert "--jobs" in capsys.readouterr().err
