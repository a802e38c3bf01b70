import json
from dataclasses import replace

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="page networks are trained with Keras")

from edge_app.find.page.finder import SPLIT
from edge_app.find.touching import Splitting
from edge_app.find.verdict import Verdict
from train import scenes
from train.__main__ import main
from train.page import page_fit
from train.page.page_settings import PageSettings
from train.page.verdicts import seen, thresholds

QUICK = ["--arch", "page-lite", "--epochs", "2", "--steps", "3", "--batch-size", "4"]
QUICK += ["--num-scenes", "8", "--validation-scenes", "4", "--jobs", "1"]
LARGE_CONDITIONS = ["plain", "letters nearby", "no digits: wood"]


@pytest.mark.slow
def test_a_training_ends_with_thresholds_and_resumes_the_same(
    tiny_mnist_dir, strokes_dir, tmp_path, capsys, monkeypatch
):
    quick = replace(page_fit._PAGE_FIT, num_validation_steps=4)
    monkeypatch.setattr(page_fit, "_PAGE_FIT", quick)
    # Of the scenes that judge a network beside its own, few: each takes seconds.
    few = replace(seen.SEEN, num_touching=2)
    for module in (seen, thresholds):
        monkeypatch.setattr(module, "LARGE", LARGE_CONDITIONS)
        monkeypatch.setattr(module, "SEEN", few)
    monkeypatch.setattr(scenes, "CONDITIONS", LARGE_CONDITIONS[:2])  # in its report
    monkeypatch.setattr(scenes, "WITHOUT_DIGITS", LARGE_CONDITIONS[2:])
    data = ["--data", str(tiny_mnist_dir), "--strokes", str(strokes_dir)]
    whole, halves = tmp_path / "whole", tmp_path / "halves"
    assert main([*data, *QUICK, "--run", str(whole)]) == 0
    metrics = json.loads((whole / "metrics.json").read_text())
    splitting = {SPLIT + name for name in Splitting.__dataclass_fields__}
    assert set(metrics["thresholds"]) == {
        "peak", *Verdict.__dataclass_fields__, *splitting,
    }  # fmt: skip
    assert "python -m train --arch page-lite" in metrics["made_by"]["command"]
    assert "on scenes of other hands" in capsys.readouterr().out

    # Killed after its first epoch, it goes on where it stood.
    class Killed(Exception):
        pass

    def kill(self, epoch, logs=None):
        kept(self, epoch, logs)
        raise Killed

    kept = page_fit.Checkpoint.on_epoch_end
    page_fit.Checkpoint.on_epoch_end = kill
    try:
        with pytest.raises(Killed):
            main([*data, *QUICK, "--run", str(halves)])
    finally:
        page_fit.Checkpoint.on_epoch_end = kept
    assert main([*data, *QUICK, "--run", str(halves), "--resume"]) == 0
    # First what tells most where two trainings differ.
    rows, other_rows = (
        json.loads((run / "history.json").read_text()) for run in (whole, halves)
    )
    assert rows == other_rows
    for path in sorted((whole / "scenes").rglob("*.npz")):
        same = halves / path.relative_to(whole)
        assert path.read_bytes() == same.read_bytes(), path.name
    one, other = (
        keras.saving.load_model(run / "last.keras", compile=False).get_weights()
        for run in (whole, halves)
    )
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_a_run_is_not_overwritten_and_keeps_its_settings(tmp_path, capsys):
    run = tmp_path / "run"
    run.mkdir()
    settings = vars(PageSettings(arch="page-lite"))
    (run / "settings.json").write_text(json.dumps(settings))
    assert main(["--arch", "page-lite", "--run", str(run)]) == 1
    assert "holds a run already" in capsys.readouterr().err
    options = ["--arch", "page-lite", "--run", str(run), "--resume", "--seed", "9"]
    assert main(options) == 1
    assert "keeps its settings" in capsys.readouterr().err


def test_options_of_classifiers_are_refused(capsys):
    assert main(["--arch", "page", "--dropout", "0.5"]) == 1
    assert "--dropout: no option of the page networks" in capsys.readouterr().err


def test_a_folder_without_strokes_is_one_line(tmp_path, capsys):
    folder = tmp_path / "other"
    run = ["--arch", "page", "--run", str(tmp_path / "run"), "--strokes", str(folder)]
    assert main(run) == 1
    assert f"{folder}: no folder; expected is UNIPEN's train_r01_v07" in (
        capsys.readouterr().err
    )
    folder.mkdir()
    for name in ("digits.npz", "a", "b", "c"):
        (folder / name).touch()
    assert main(run) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "a folder with a, b, c, ...; expected is" in error
    assert "https://doi.org/10.5281/zenodo.1195803" in error
    assert not (tmp_path / "run").exists()
