import json
import shutil
import signal
import subprocess
import sys
import time

import pytest

pytest.importorskip("tensorflow", reason="training needs TensorFlow")

import numpy as np

from train import evaluate, fit
from train.__main__ import main

RUN_FILES = {
    "history.json",
    "last.keras",
    "metrics.json",
    "model.keras",
    "report.html",
    "settings.json",
}


def json_of(path):
    return json.loads(path.read_text())


def test_run_folder(quick_run):
    assert {path.name for path in quick_run.iterdir()} == RUN_FILES
    history = json_of(quick_run / "history.json")
    assert [row["epoch"] for row in history] == [1, 2, 3]
    assert {"loss", "accuracy", "val_loss", "val_accuracy"} <= set(history[0])
    metrics = json_of(quick_run / "metrics.json")
    assert metrics["parameters"] == 225_930
    assert metrics["test"]["images"] == 10_000
    assert metrics["test"]["accuracy"] >= 0.9
    assert metrics["best_epoch"] == fit.best_epoch(history)["epoch"]
    assert 0 < metrics["accept_threshold"] < 1
    command = "python -m train --epochs 3 --batch-size 16 --no-augment"
    assert metrics["made_by"]["command"] == command


def test_model_is_the_best_epoch(quick_run, small_mnist_dir):
    from train import data

    settings = fit.settings_of(quick_run)
    _, validation = fit.validation_split(data.load(small_mnist_dir, "train"), settings)
    model = fit.load_model(quick_run / "model.keras")
    scores = evaluate.scores_of(model, validation)
    best = fit.best_epoch(fit.history_of(quick_run))
    accuracy = evaluate.metrics(scores, validation.labels)["accuracy"]
    assert accuracy == pytest.approx(best["val_accuracy"], abs=1e-6)


def test_a_run_is_not_overwritten(quick_run, small_mnist_dir, capsys):
    before = (quick_run / "model.keras").read_bytes()
    options = ["--data", str(small_mnist_dir), "--run", str(quick_run)]
    assert main(options) == 1
    assert "holds a run already; continue it with --resume" in capsys.readouterr().err
    assert (quick_run / "model.keras").read_bytes() == before


def test_resume_keeps_its_settings(quick_run, small_mnist_dir, capsys):
    options = ["--data", str(small_mnist_dir), "--run", str(quick_run), "--resume"]
    assert main([*options, "--seed", "5"]) == 1
    assert "was started with seed 1, not 5" in capsys.readouterr().err


def test_resume_of_nothing(small_mnist_dir, tmp_path, capsys):
    options = ["--data", str(small_mnist_dir), "--run", str(tmp_path / "none")]
    assert main([*options, "--resume"]) == 1
    assert "holds no run to continue" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--epochs", "0"),
        ("--batch-size", "-3"),
        ("--learning-rate", "0"),
        ("--learning-rate", "nan"),
        ("--validation-share", "1"),
        ("--arch", "nothing"),
        ("--seed", "-1"),
    ],
)
def test_bad_settings(option, value, tmp_path, capsys):
    assert main(["--run", str(tmp_path / "run"), option, value]) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert value in err
    assert "expected" in err or "one of" in err
    assert not (tmp_path / "run").exists()


def test_validation_share_too_small(small_mnist_dir, tmp_path, capsys):
    options = ["--data", str(small_mnist_dir), "--run", str(tmp_path / "run")]
    assert main([*options, "--validation-share", "0.0001"]) == 1
    assert "cannot be held out" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_damaged_history(quick_run, tmp_path):
    (tmp_path / "history.json").write_text("[{")
    with pytest.raises(fit.TrainingError, match="damaged"):
        fit.history_of(tmp_path)


def test_bad_data(tmp_path, capsys):
    options = ["--data", str(tmp_path), "--run", str(tmp_path / "run")]
    assert main(options) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "run").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_stopped_and_resumed_run_ends_like_an_uninterrupted_one(
    quick_run, small_mnist_dir, tmp_path
):
    run = tmp_path / "stopped"
    command = [sys.executable, "-m", "train", "--data", str(small_mnist_dir)]
    command += ["--run", str(run)]
    options = ["--epochs", "3", "--batch-size", "16", "--no-augment"]
    process = subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 120
    while not (run / "last.keras").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "is the best so far" in out
    assert "Traceback" not in err
    assert (run / "model.keras").exists()
    assert not (run / "metrics.json").exists()

    done = subprocess.run(
        [*command, "--resume"], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    resumed, whole = fit.history_of(run), fit.history_of(quick_run)
    assert [row["epoch"] for row in resumed] == [1, 2, 3]
    # TensorFlow sums in another order each time, so the two are close, not equal.
    assert resumed[-1]["val_accuracy"] == pytest.approx(
        whole[-1]["val_accuracy"], abs=0.02
    )


def test_training_state_survives_a_torn_write(quick_run, tmp_path):
    run = tmp_path / "copy"
    shutil.copytree(quick_run, run)
    (run / "last.keras").write_bytes((run / "last.keras").read_bytes()[:1000])
    with pytest.raises(fit.TrainingError, match=r"not a .keras model"):
        fit.load_model(run / "last.keras")


def test_metrics_of_known_scores():
    labels = np.arange(10, dtype=np.uint8)
    scores = np.eye(10, dtype=np.float32)
    scores[9] = scores[4]  # a nine read as four
    found = evaluate.metrics(scores, labels)
    assert found["accuracy"] == pytest.approx(0.9)
    assert found["digits"]["9"]["recall"] == 0
    assert found["digits"]["4"]["precision"] == pytest.approx(0.5)
    assert found["confusion_matrix"][9][4] == 1


def test_accept_threshold_keeps_its_share():
    rng = np.random.default_rng(0)
    scores = np.zeros((1000, 10), np.float32)
    scores[:, 0] = rng.random(1000)
    threshold = evaluate.accept_threshold(scores)
    kept = np.mean(scores.max(axis=1) >= threshold)
    assert kept == pytest.approx(evaluate.KEPT_SHARE, abs=0.001)
