import json
import shutil

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="separator networks are trained with Keras")

from convert.__main__ import main as convert
from convert.patch_networks import patch_agreement
from edge_app.find.context.patches import PATCH_SIZE
from edge_app.find.page.maps import Kind
from edge_app.find.separators.separator_patches import NUM_GAP_CHANNELS
from edge_app.find.separators.separator_reader import (
    SEPARATOR_LABELS,
    SeparatorReader,
    SeparatorVerdict,
)
from edge_app.model import runtime
from train.__main__ import main
from train.page.crops import pool
from train.page.crops.pool import Rendered, SceneSources
from train.patches import patch_fit
from train.separators import gap_pool, separator_fit, separator_judge
from train.separators.gap_pool import NO_SEPARATOR, LabeledGaps

LEFT, RIGHT = (100, 50, 20, 40), (150, 52, 20, 40)  # between 120 and 150
QUICK = ["--arch", "separator", "--epochs", "2", "--batch-size", "16"]
QUICK += ["--num-scenes", "6", "--validation-scenes", "6", "--jobs", "1"]


def scene(*others):
    blank = np.zeros((0, 0), np.uint8)
    return Rendered(
        blank,
        blank,
        np.array([box for box, _ in others], np.float32).reshape(-1, 4),
        np.array([int(kind) for _, kind in others], np.int64),
        np.zeros((0, 4), np.float32),
    )


@pytest.mark.parametrize(
    ("box", "kind", "expected"),
    [
        ((133, 86, 4, 4), Kind.POINT, "point"),
        ((130, 86, 6, 12), Kind.COMMA, "comma"),
        ((128, 70, 14, 3), Kind.MINUS, "minus"),
        ((115, 48, 40, 46), Kind.SLASH, "slash"),  # leans over both
        ((133, 66, 4, 22), Kind.COLON, "colon"),
        ((133, 86, 4, 4), Kind.LETTER, "none"),
        ((90, 86, 4, 4), Kind.POINT, "none"),  # before the first digit
        ((133, 120, 4, 4), Kind.POINT, "none"),  # of the next line
        ((133, 30, 4, 4), Kind.MINUS, "none"),
    ],
)
def test_what_stands_between_two_digits_is_their_separator(box, kind, expected):
    label = gap_pool.label_of(LEFT, RIGHT, scene((box, kind)))
    assert SEPARATOR_LABELS[label] == expected


def test_half_of_the_scenes_show_separators_and_parts_share_none(tiny_mnist_dir):
    sources = SceneSources(tiny_mnist_dir, None, "train")
    separators = {int(Kind.POINT), Kind.COMMA, Kind.MINUS, Kind.SLASH, Kind.COLON}
    shown = [gap_pool.gap_scene(sources, number) for number in range(0, 16, 2)]
    assert (
        sum(
            not separators.isdisjoint(drawn_scene.kinds.tolist())
            for drawn_scene in shown
        )
        >= 4
    )
    again = gap_pool.gap_scene(sources, 0)
    held = gap_pool.gap_scene(gap_pool.of_part(sources, "validation"), 0)
    assert (again.gray == shown[0].gray).all()
    assert not np.array_equal(held.gray, again.gray)


def shares_of(*said):
    """The shares of networks that say a label with a probability, nothing else."""
    shares = np.zeros((len(said), NO_SEPARATOR + 1), np.float32)
    for row, (label, share) in zip(shares, said, strict=True):
        row[label], row[NO_SEPARATOR if label != NO_SEPARATOR else 0] = share, 1 - share
    return shares


def test_the_threshold_is_the_least_that_is_precise():
    sure, unsure = [(0, 0.9)] * 30, [(1, 0.6)] * 10
    labels = np.array([0] * 30 + [NO_SEPARATOR] * 10)
    accept = separator_judge.separators_from(shares_of(*sure, *unsure), labels)
    assert 0.6 < accept <= 0.62
    assert separator_judge.counts(shares_of(*sure, *unsure), labels, accept) == (
        30,
        30,
        30,
    )
    wrong = separator_judge.separators_from(shares_of(*sure, *unsure), labels[::-1])
    few = separator_judge.separators_from(shares_of(*sure[:9]), labels[:9])
    assert wrong == few == SeparatorVerdict().accept > 1


def test_each_gap_is_judged_in_its_place():
    rng = np.random.default_rng(1)
    sizes = (3, 0, 2)
    shape = PATCH_SIZE, PATCH_SIZE, NUM_GAP_CHANNELS
    scenes = [
        LabeledGaps(rng.integers(0, 256, (size, *shape), np.uint8), np.full(size, size))
        for size in sizes
    ]
    shares, labels = separator_judge.judged_gaps(scenes, separator_fit.build())
    assert shares.shape == (5, len(SEPARATOR_LABELS))
    assert shares.sum(axis=1) == pytest.approx(1)
    assert labels.tolist() == [3, 3, 3, 2, 2]


@pytest.mark.slow
def test_a_training_resumes_the_same_and_its_network_is_converted(
    tiny_mnist_dir, strokes_dir, tmp_path, capsys, monkeypatch
):
    whole, halves = tmp_path / "whole", tmp_path / "halves"
    data = ["--data", str(tiny_mnist_dir), "--strokes", str(strokes_dir)]
    assert main([*data, *QUICK, "--run", str(whole)]) == 0
    metrics = json.loads((whole / "metrics.json").read_text())
    assert set(metrics["thresholds"]) == {"accept"}
    assert "--arch separator" in metrics["made_by"]["command"]
    assert "of separators told on scenes of other hands" in capsys.readouterr().out
    gaps = gap_pool.read(pool.path(gap_pool.gaps_folder(whole, "train"), 0))
    assert gaps.patches.shape == (len(gaps.labels), 48, 48, NUM_GAP_CHANNELS)

    # Killed after its first epoch, it goes on where it stood. The gaps are cut once.
    shutil.copytree(whole / "gaps", halves / "gaps")

    class Killed(Exception):
        pass

    def kill(self, epoch, logs=None):
        kept(self, epoch, logs)
        raise Killed

    kept = patch_fit.Checkpoint.on_epoch_end
    with monkeypatch.context() as patched:
        patched.setattr(patch_fit.Checkpoint, "on_epoch_end", kill)
        with pytest.raises(Killed):
            main([*data, *QUICK, "--run", str(halves)])
    assert main([*data, *QUICK, "--run", str(halves), "--resume"]) == 0
    one, other = (
        keras.saving.load_model(run / "best.keras", compile=False).get_weights()
        for run in (whole, halves)
    )
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))

    # It knows next to nothing after two epochs, but its files must say the same.
    monkeypatch.setattr(patch_agreement, "_FEWEST_CLEAR_PATCHES", 0)
    out = tmp_path / "models"
    assert convert([str(whole), "--out", str(out), "--to", "int8.tflite"]) == 0
    (entry,) = json.loads((out / "manifest.json").read_text())["models"]
    assert entry["labels"] == list(SEPARATOR_LABELS)
    path = out / "separator-int8.tflite"
    model = runtime.load(path, path.read_bytes())
    verdict = SeparatorVerdict(**entry["thresholds"])
    assert SeparatorReader(model, verdict).verdict == verdict
