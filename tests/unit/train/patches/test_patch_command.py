"""The way of a training, with work that does next to nothing."""

import json
from dataclasses import dataclass

import pytest

from edge_app.cli import commands
from train.data.data_options import DataOptions
from train.patches import patch_command
from train.patches.patch_command import Work


@dataclass(frozen=True)
class Few:
    arch: str = "few"
    seed: int = 1


def trained(run, *, to_the_end, resume=False):
    seen, said = [], []

    def fit(*given, jobs):
        seen.append((*given, jobs))
        return to_the_end

    work = Work(fit, lambda *_: {"f1": 0.5}, lambda metrics: f"F1 {metrics['f1']}")
    status = patch_command.train(
        {"seed": 7},
        lambda given: Few(**given),
        lambda: work,
        run=run,
        sources=DataOptions(jobs=3),
        resume=resume,
        say=said.append,
    )
    return status, seen, said


def test_what_came_of_it_is_kept_and_told(tmp_path):
    run = tmp_path / "run"
    status, ((folder, settings, sources, jobs),), said = trained(run, to_the_end=True)
    assert (status, folder, settings, jobs) == (0, run, Few(seed=7), 3)
    assert (sources.mnist, sources.strokes) == (None, None)
    assert json.loads((run / "settings.json").read_text()) == {"arch": "few", "seed": 7}
    assert json.loads((run / "metrics.json").read_text()) == {"f1": 0.5}
    assert said == [f"{run / 'best.keras'}: F1 0.5"]


def test_a_training_that_was_stopped_says_how_to_go_on(tmp_path):
    run = tmp_path / "run"
    status, _, (said,) = trained(run, to_the_end=False)
    assert status == commands.INTERRUPTED
    assert said.endswith("is the best so far. Go on with --resume.")
    assert not (run / "metrics.json").exists()
    status, (seen,), _ = trained(run, to_the_end=True, resume=True)
    assert (status, seen[1]) == (0, Few(seed=7))


def test_nothing_is_imported_for_settings_that_do_not_fit(tmp_path):
    def refused(given):
        raise ValueError("too few")

    with pytest.raises(ValueError, match="too few"):
        patch_command.train(
            {},
            refused,
            lambda: pytest.fail("asked for its work"),
            run=tmp_path / "run",
            sources=DataOptions(),
            resume=False,
            say=pytest.fail,
        )
