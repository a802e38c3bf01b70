import json
from dataclasses import replace

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="page networks are trained with Keras")

from scipy import sparse

from edge_app.common.errors import TrainingError
from edge_app.find.page.finder import SPLIT
from edge_app.find.page.maps import NUM_INK, NUM_SIZES, Kind
from edge_app.find.touching import Splitting
from edge_app.find.verdict import Verdict
from train import scenes
from train.__main__ import main
from train.page import network, page_fit, page_provenance
from train.page.page_settings import PageSettings
from train.page.verdicts import seen, thresholds, weights
from train.page.verdicts.opinions import LabeledOpinions

QUICK = ["--arch", "page-lite", "--epochs", "2", "--steps", "3", "--batch-size", "4"]
QUICK += ["--num-scenes", "8", "--validation-scenes", "4", "--jobs", "1"]
LARGE_CONDITIONS = ["plain", "letters nearby", "no digits: wood"]


@pytest.mark.parametrize("arch", network.SIZES)
def test_maps_have_a_quarter_of_the_size(arch):
    model = network.build(arch)
    maps = model(np.zeros((1, 48, 80, 1), np.float32))
    assert {name: tuple(output_map.shape) for name, output_map in maps.items()} == {
        "kinds": (1, 12, 20, len(Kind)),
        "sizes": (1, 12, 20, NUM_SIZES),
        "ink": (1, 12, 20, NUM_INK),
    }


@pytest.mark.slow
def test_a_training_ends_with_thresholds_and_resumes_the_same(
    tiny_mnist_dir, strokes_dir, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(page_fit, "_VALIDATION_STEPS", 4)
    # Of the scenes that judge a network beside its own, few: each takes seconds.
    for module in (seen, thresholds):
        monkeypatch.setattr(module, "LARGE", LARGE_CONDITIONS)
        monkeypatch.setattr(module, "NUM_TOUCHING", 2)
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


@pytest.mark.slow  # a training
def test_a_run_starts_from_anothers_weights(tmp_path):
    other = network.build("page-lite")
    other.save(tmp_path / "best.keras")
    (tmp_path / "metrics.json").write_text('{"made_by": {"seed": 7}}')
    settings = PageSettings(arch="page-lite", start_from=str(tmp_path), scenes=4000)
    started = page_fit.compiled(settings).get_weights()
    for mine, its in zip(started, other.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, its)
    made_by = page_provenance.describe(settings, with_strokes=False)
    assert "--start-from" in made_by["command"]
    assert "--num-scenes 4000" in made_by["command"]
    assert made_by["start_from"] == {"seed": 7}
    with pytest.raises(TrainingError, match="holds no page network"):
        page_fit.compiled(replace(settings, arch="page"))


def test_options_of_classifiers_are_refused(capsys):
    assert main(["--arch", "page", "--dropout", "0.5"]) == 1
    assert "--dropout: no option of the page networks" in capsys.readouterr().err


def test_weights_are_those_under_which_the_truth_is_likeliest():
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 11, 4000)
    page, edge = (np.full((4000, n), 0.01, np.float32) for n in (18, 10))
    # The first is right about nine of ten, the second tosses a coin.
    said = np.where(rng.random(4000) < 0.9, labels, rng.integers(0, 11, 4000))
    for row, label in enumerate(said):
        page[row, label] = 0.9  # 10 is a letter
    edge[np.arange(4000), rng.integers(0, 10, 4000)] = 0.9
    alone = sparse.csr_matrix((4000, 4000), dtype=np.float32)
    heights = rng.normal(size=4000).astype(np.float32)
    found = LabeledOpinions(
        page, edge, alone, heights, labels, np.ones(4000), num_missed=100
    )
    verdict = weights.fitted(found)
    assert verdict.page_label > 5 * abs(verdict.edge_label)
    shares = verdict.shares(found).sum(axis=1)
    assert shares[said < 10].mean() > 0.85
    assert shares[said == 10].mean() < 0.2
    accept, f1 = thresholds.accepted_from(found, verdict)
    assert 0.2 <= accept < 1
    assert 0.8 < f1 < 0.95


def test_nothing_found_leaves_the_defaults():
    found = replace(thresholds.opinions([]), num_missed=5)
    assert not len(found.labels)
    assert weights.fitted(found) == Verdict()
    assert thresholds.accepted_from(found, Verdict())[1] == 0


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
