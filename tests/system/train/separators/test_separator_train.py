import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="separator networks are trained with Keras")

from convert.__main__ import main as convert
from convert.patch_networks import patch_agreement
from edge_app.find.separators.separator_patches import NUM_GAP_CHANNELS
from edge_app.find.separators.separator_reader import (
    SEPARATOR_LABELS,
    SeparatorReader,
    SeparatorVerdict,
)
from edge_app.model import runtime
from train.__main__ import main
from train.page.crops import pool
from train.patches import patch_fit
from train.separators import gap_pool

QUICK = ["--arch", "separator", "--epochs", "2", "--batch-size", "16"]
QUICK += ["--num-scenes", "6", "--validation-scenes", "6", "--jobs", "1"]


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
    any_number = replace(patch_agreement._PATCH_AGREEMENT, fewest_clear=0)
    monkeypatch.setattr(patch_agreement, "_PATCH_AGREEMENT", any_number)
    out = tmp_path / "models"
    assert convert([str(whole), "--out", str(out), "--to", "int8.tflite"]) == 0
    (entry,) = json.loads((out / "manifest.json").read_text())["models"]
    assert entry["labels"] == list(SEPARATOR_LABELS)
    path = out / "separator-int8.tflite"
    model = runtime.load(path, path.read_bytes())
    verdict = SeparatorVerdict(**entry["thresholds"])
    assert SeparatorReader(model, verdict).verdict == verdict
