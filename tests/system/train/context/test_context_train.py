import json
from dataclasses import replace

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="context networks are trained with Keras")

from convert.__main__ import main as convert
from convert.patch_networks import patch_agreement
from edge_app.find.context.context_reader import ContextReader
from edge_app.find.context.context_verdict import (
    CONTEXT_LABELS,
    ContextOpinions,
    ContextVerdict,
)
from edge_app.find.context.patches import CONTEXT_GRAY, NUM_CHANNELS, PATCH_SIZE
from edge_app.find.page.maps import Kind
from edge_app.model import runtime
from train.__main__ import main
from train.context import context_fit, context_judge
from train.context.context_judge import JudgedScene
from train.page.crops import pool
from train.patches import patch_batches, patch_fit
from train.patches.patch_batches import PatchBatches, PatchSet

QUICK = ["--arch", "context", "--epochs", "2", "--batch-size", "16"]
QUICK += ["--num-scenes", "6", "--validation-scenes", "6", "--glyph-pages", "10"]
QUICK += ["--jobs", "1"]


def random_patches(count):
    rng = np.random.default_rng(1)
    shape = count, PATCH_SIZE, PATCH_SIZE, NUM_CHANNELS
    return rng.integers(0, 256, shape, dtype=np.uint8)


def test_the_network_gives_a_logit_a_label():
    model = context_fit.build()
    logits = model(np.zeros((3, PATCH_SIZE, PATCH_SIZE, NUM_CHANNELS), np.float32))
    assert tuple(logits.shape) == (3, len(CONTEXT_LABELS))


def test_variation_is_decided_by_the_step_and_keeps_ink_in_the_middle():
    patches = np.zeros((8, PATCH_SIZE, PATCH_SIZE, NUM_CHANNELS), np.uint8)
    patches[:, 20:28, 20:28] = 255
    one, same, other = (
        patch_batches.varied(patches, CONTEXT_GRAY, np.random.default_rng(seed))
        for seed in (1, 1, 2)
    )
    assert (one == same).all()
    assert (one != other).any()
    assert one.min() >= 0
    assert one.max() <= 1
    assert (one[:, 23:25, 23:25, 1] == 1).all()
    assert (one[:, :12, :12, 1] == 0).all()
    is_inverted = one[:, 0, 0, 0] > one[:, 24, 24, 0]
    assert 0 < is_inverted.sum() < 8


def test_batches_are_all_patches_once_in_another_order_each_epoch():
    labels = np.arange(10)
    patch_set = PatchSet(
        random_patches(10), labels, np.ones(10, np.float32), CONTEXT_GRAY
    )
    batches = PatchBatches(patch_set, batch_size=4, seed=1)
    assert len(batches) == 3
    first = np.concatenate([batches[index][1] for index in range(3)])
    batches.on_epoch_end()
    second = np.concatenate([batches[index][1] for index in range(3)])
    assert sorted(first) == sorted(second) == labels.tolist()
    assert (first != second).any()
    resumed = PatchBatches(patch_set, batch_size=4, seed=1, epoch=1)
    assert (resumed[2][0] == batches[2][0]).all()


def made_up(count, *, sure):
    """What a network says that knows digits, before which another is unsure."""
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 11, count)
    logits = rng.normal(0, 1, (count, len(CONTEXT_LABELS)))
    logits[np.arange(count), labels] += sure
    even = np.full((count, 10), 0.05, np.float32)
    opinions = ContextOpinions(
        shares=even,
        near_log_odds=np.zeros(count, np.float32),
        near=np.zeros((count, count), np.float32),
        page=np.full((count, Kind.SYMBOL + 1), 0.05, np.float32),
        edge=even,
        logits=logits.astype(np.float32),
    )
    return JudgedScene(opinions, labels, num_missed=0)


def test_a_network_that_knows_digits_is_believed():
    found = [made_up(200, sure=8.0), made_up(100, sure=8.0)]
    verdict = context_judge.fitted(found)
    assert verdict.context_label > 0.5
    accept, f1 = context_judge.accepted_from(found, verdict)
    assert f1 > 0.98
    shares = verdict.shares(found[0].opinions).max(axis=1)
    is_digit = found[0].labels < 10
    assert ((shares >= accept) == is_digit).mean() > 0.98


def test_as_few_are_looked_at_again_as_read_as_well():
    scene = made_up(200, sure=8.0)
    shares = scene.opinions.shares.copy()
    shares[scene.labels < 10] = 0.15  # nothing between 0.15 and 0.3 changes anything
    sure = replace(scene, opinions=replace(scene.opinions, shares=shares))
    f1, verdict = context_judge.best([sure])
    assert f1 > 0.98
    assert verdict.least == 0.1
    few = context_judge.looked_at(sure, 0.2)
    assert len(few.labels) == 0
    assert few.num_missed == (scene.labels < 10).sum()


def test_what_the_border_cuts_off_is_accepted_if_enough_of_it_is_right():
    scene = made_up(400, sure=8.0)
    verdict = context_judge.fitted([scene])
    assert context_judge.accepted_cut_from([scene], verdict) < 1
    is_digit = scene.labels < 10
    others = np.where(is_digit, (scene.labels + 1) % 10, scene.labels)
    misread = replace(scene, labels=others)
    assert context_judge.accepted_cut_from([misread], verdict) > 1
    assert context_judge.accepted_cut_from([], verdict) > 1


def test_a_network_that_saw_no_digit_keeps_the_first_weights():
    opinions = made_up(20, sure=1.0).opinions
    found = [JudgedScene(opinions, np.full(20, 10), num_missed=3)]
    assert context_judge.fitted(found) == ContextVerdict()


@pytest.mark.slow
def test_a_training_resumes_the_same_and_its_network_is_converted(
    tiny_mnist_dir, strokes_dir, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(context_judge, "LARGE", [])
    monkeypatch.setattr(context_judge, "large_scenes", lambda _: iter(()))
    page_run, whole, halves = (tmp_path / name for name in ("page", "whole", "halves"))
    data = ["--data", str(tiny_mnist_dir), "--strokes", str(strokes_dir)]
    options = [*data, *QUICK, "--page-run", str(page_run)]
    assert main([*options, "--run", str(whole)]) == 0
    metrics = json.loads((whole / "metrics.json").read_text())
    assert set(metrics["thresholds"]) == set(ContextVerdict.__dataclass_fields__)
    assert "--arch context" in metrics["made_by"]["command"]
    assert "on scenes of other hands" in capsys.readouterr().out
    assert pool.path(whole / "patches" / "train", 5).exists()
    assert pool.path(whole / "patches" / "train-glyphs", 9).exists()
    assert pool.path(whole / "patches" / "validation-glyphs", 0).exists()

    # Killed after its first epoch, it goes on where it stood.
    class Killed(Exception):
        pass

    def kill(self, epoch, logs=None):
        kept(self, epoch, logs)
        raise Killed

    kept = patch_fit.Checkpoint.on_epoch_end
    with monkeypatch.context() as patched:
        patched.setattr(patch_fit.Checkpoint, "on_epoch_end", kill)
        with pytest.raises(Killed):
            main([*options, "--run", str(halves)])
    assert main([*options, "--run", str(halves), "--resume"]) == 0
    one, other = (
        keras.saving.load_model(run / "best.keras", compile=False).get_weights()
        for run in (whole, halves)
    )
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))

    # It knows next to nothing after two epochs, but its files must say the same.
    monkeypatch.setattr(patch_agreement, "_FEWEST_CLEAR_PATCHES", 0)
    out = tmp_path / "models"
    assert convert([str(whole), "--out", str(out), "--to", "int8"]) == 0
    entry = json.loads((out / "manifest.json").read_text())["models"][1]
    assert entry["file"] == "context-int8.tflite"
    assert entry["labels"] == list(CONTEXT_LABELS)
    content = (out / entry["file"]).read_bytes()
    model = runtime.load(out / entry["file"], content)
    reader = ContextReader(model, ContextVerdict(**entry["thresholds"]))
    assert reader.logits(random_patches(3)).shape == (3, len(CONTEXT_LABELS))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "name its run folder with --page-run"),
        (["--page-run", "x", "--steps", "3"], "--steps: no option of the context"),
        (["--page-run", "x", "--epochs", "0"], "epochs 0: at least 1 expected"),
    ],
)
def test_bad_settings_are_refused(tmp_path, capsys, options, message):
    run = tmp_path / "run"
    assert main(["--arch", "context", "--run", str(run), *options]) == 1
    assert message in capsys.readouterr().err
    assert not run.exists()
