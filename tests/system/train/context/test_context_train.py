import json
from dataclasses import replace

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="context networks are trained with Keras")

from convert.__main__ import main as convert
from convert.patch_networks import patch_agreement
from edge_app.find.context.context_reader import ContextReader
from edge_app.find.context.context_verdict import CONTEXT_LABELS, ContextVerdict
from edge_app.model import runtime
from train.__main__ import main
from train.context import context_judge
from train.page.crops import pool
from train.patches import patch_fit

QUICK = ["--arch", "context", "--epochs", "2", "--batch-size", "16"]
QUICK += ["--num-scenes", "6", "--validation-scenes", "6", "--glyph-pages", "10"]
QUICK += ["--jobs", "1"]


@pytest.mark.slow
def test_a_training_resumes_the_same_and_its_network_is_converted(
    tiny_mnist_dir, strokes_dir, tmp_path, capsys, monkeypatch, random_patches
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
    any_number = replace(patch_agreement._PATCH_AGREEMENT, fewest_clear=0)
    monkeypatch.setattr(patch_agreement, "_PATCH_AGREEMENT", any_number)
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
