import json
import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")

import cv2
import numpy as np

from train.__main__ import main
from train.data import mnist, rejects
from train.fit import fitting, runs
from train.report import evaluate

LIMIT_S = 600.0  # what takes longer is taken for something that hangs
RUN_FILES = {
    "best.keras",
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
    # A conversion of this run, by another test, puts its page beside them.
    files = {path.name for path in quick_run.iterdir()} - {"conversion.html"}
    assert files == RUN_FILES
    history = json_of(quick_run / "history.json")
    assert [row["epoch"] for row in history] == [1, 2, 3]
    assert {"loss", "accuracy", "val_loss", "val_accuracy"} <= set(history[0])
    metrics = json_of(quick_run / "metrics.json")
    assert metrics["parameters"] == 225_930
    assert metrics["test"]["images"] == 2000
    assert metrics["test"]["accuracy"] >= 0.9
    assert metrics["best_epoch"] == runs.best_epoch(history)["epoch"]
    assert 0 < metrics["accept_threshold"] < 1
    command = "python -m train --arch report --epochs 3 --batch-size 16 --no-augment"
    assert metrics["made_by"]["command"] == command


def test_an_unknown_network_is_told_with_all_that_there_are(capsys):
    assert main(["--arch", "seperator"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "edge, " in line
    assert "page, page-lite, separator, context expected; did you mean sep" in line


def test_model_is_the_best_epoch(quick_run, small_mnist_dir):

    settings = runs.settings_of(quick_run)
    _, validation = fitting.validation_split(
        mnist.load(small_mnist_dir, "train"), settings
    )
    model = runs.load_model(quick_run / "model.keras")
    scores = evaluate.scores_of(model, validation)
    best = runs.best_epoch(runs.history_of(quick_run))
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
        ("--repeats", "0"),
        ("--learning-rate", "0"),
        ("--validation-share", "1"),
        ("--arch", "nothing"),
        ("--seed", "-1"),
        ("--schedule", "linear"),
        ("--patience", "-1"),
        ("--dropout", "1"),
        ("--label-smoothing", "-0.1"),
        ("--ema-momentum", "1"),
        ("--digit-share", "0"),
        ("--scaling", "log"),
        ("--split", "half"),
    ],
)
def test_bad_settings(option, value, tmp_path, capsys):
    assert main(["--run", str(tmp_path / "run"), option, value]) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert value in err
    assert "expected" in err or "one of" in err
    assert not (tmp_path / "run").exists()


def test_digit_share_without_a_reject_output(small_mnist_dir, tmp_path, capsys):
    options = ["--data", str(small_mnist_dir), "--run", str(tmp_path / "run")]
    assert main([*options, "--arch", "report", "--digit-share", "0.9"]) == 1
    assert "report has no output for what is no digit" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_validation_share_too_small(small_mnist_dir, tmp_path, capsys):
    options = ["--data", str(small_mnist_dir), "--run", str(tmp_path / "run")]
    assert main([*options, "--validation-share", "0.0001"]) == 1
    assert "cannot be held out" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_bad_data(tmp_path, capsys):
    options = ["--data", str(tmp_path), "--run", str(tmp_path / "run")]
    assert main(options) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "run").exists()


# A run of every part that has a state: dropout, averaged weights, a rate that falls
# when the loss does not, varied images.
STATEFUL = ["--arch", "report", "--epochs", "3", "--batch-size", "32"]
STATEFUL += ["--schedule", "plateau", "--patience", "2", "--ema-momentum", "0.9"]


# Sent from within: on a busy machine the training may be over before a test sees that
# its first epoch is.
SIGNALED_AFTER_AN_EPOCH = """
import os
import sys
from train.__main__ import main
from train.fit.callbacks import Checkpoint

on_epoch_end = Checkpoint.on_epoch_end

def then_signal(self, epoch, logs=None):
    on_epoch_end(self, epoch, logs)
    os.kill(os.getpid(), int(os.environ["SIGNAL"]))

Checkpoint.on_epoch_end = then_signal
raise SystemExit(main())
"""


def trained(run, data_dir, *options, ended_by=None):
    """Train in a process, which a signal may end after its first epoch."""
    code = ["-m", "train"] if ended_by is None else ["-c", SIGNALED_AFTER_AN_EPOCH]
    return subprocess.run(
        [sys.executable, *code, "--data", data_dir, "--run", run, *options],
        env=os.environ | ({} if ended_by is None else {"SIGNAL": str(int(ended_by))}),
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_killed_and_resumed_run_equals_an_uninterrupted_one(tiny_mnist_dir, tmp_path):
    whole = trained(tmp_path / "whole", tiny_mnist_dir, *STATEFUL)
    assert whole.returncode == 0, whole.stderr

    run = tmp_path / "killed"
    killed = trained(run, tiny_mnist_dir, *STATEFUL, ended_by=signal.SIGKILL)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert (run / "last.keras").exists()
    assert not (run / "metrics.json").exists()
    resumed = trained(run, tiny_mnist_dir, "--resume")
    assert resumed.returncode == 0, resumed.stderr
    assert "Resuming after epoch 1 of 3" in resumed.stdout

    folders = [tmp_path / "whole", tmp_path / "killed"]
    histories = [runs.history_of(run) for run in folders]
    assert [row["epoch"] for row in histories[0]] == [1, 2, 3]
    assert histories[0] == histories[1]
    for file in ("last.keras", "best.keras", "model.keras"):
        weights = [runs.load_model(run / file).get_weights() for run in folders]
        for one, other in zip(*weights, strict=True):
            np.testing.assert_array_equal(one, other)
    metrics = [json_of(run / "metrics.json") for run in folders]
    assert metrics[0] == metrics[1]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_ctrl_c_says_how_to_go_on(tiny_mnist_dir, tmp_path):
    run = tmp_path / "stopped"
    stopped = trained(run, tiny_mnist_dir, *STATEFUL, ended_by=signal.SIGINT)
    assert stopped.returncode == 130
    assert "is the best so far" in stopped.stdout
    assert "--resume" in stopped.stdout
    assert "Traceback" not in stopped.stderr
    assert (run / "best.keras").exists()
    assert not (run / "metrics.json").exists()


@pytest.mark.slow
def test_network_with_reject_output(
    small_mnist_dir, tiny_mnist_dir, unknowns_dir, tmp_path, monkeypatch
):
    few = replace(rejects.REJECTS, num_scenes=300)  # thirty for so few digits
    monkeypatch.setattr(rejects, "REJECTS", few)
    run = tmp_path / "edge"
    options = ["--data", str(small_mnist_dir), "--unknowns", str(unknowns_dir)]
    options += ["--run", str(run), "--epochs", "2", "--ema-momentum", "0.9"]
    options += ["--tensorboard", "--keep-epochs", "--scaling", "standard"]
    options += ["--batch-size", "128", "--learning-rate", "0.002"]
    assert main(options) == 0
    model = runs.load_model(run / "model.keras")
    assert model.output_shape == (None, 11)
    assert len(list((run / "epochs").glob("*.keras"))) == 2
    assert list((run / "logs").rglob("events.*"))
    metrics = json_of(run / "metrics.json")
    assert metrics["test"]["accuracy"] > 0.8
    assert 0.2 <= metrics["temperature"] <= 5

    kept = tmp_path / "kept" / "7"
    kept.mkdir(parents=True)
    cv2.imwrite(str(kept / "a.28x28.png"), np.full((28, 28), 9, np.uint8))
    student = tmp_path / "student"
    options = ["--data", str(tiny_mnist_dir), "--unknowns", str(unknowns_dir)]
    options += ["--run", str(student), "--epochs", "1", "--extra", str(kept.parent)]
    assert main([*options, "--teachers", str(run)]) == 0
    assert runs.settings_of(student).teachers == (str(run),)


def test_no_omniglot(small_mnist_dir, tmp_path, capsys):
    options = ["--data", str(small_mnist_dir), "--unknowns", str(tmp_path / "none")]
    assert main([*options, "--run", str(tmp_path / "run")]) == 1
    assert "images_background_small1.zip" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
