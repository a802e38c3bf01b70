import json

import numpy as np
import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")

from edge_app.cli import commands
from edge_app.common.errors import DataError, TrainingError
from train.data import run_images
from train.data.data_options import DataOptions
from train.data.mnist import Split, load
from train.data.run_images import RunImages
from train.fit import fit_command, runs
from train.fit.callbacks import Checkpoint
from train.fit.fit_settings import Extras

QUICK = {"arch": "lenet5", "epochs": 2, "batch_size": 100, "augment": False}


def train(run, data, *, resume=False, **given):
    """Train; return the exit status and what was said."""
    said = []
    status = fit_command.train(
        QUICK | given,
        run=run,
        sources=DataOptions(data),
        resume=resume,
        extras=Extras(),
        say=said.append,
    )
    return status, said


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"digit_share": 0.9}, "lenet5 has no output for what is no digit; edge and"),
        ({"epochs": 0}, "epochs 0: at least 1 expected"),
        ({"extra": "nowhere"}, "nowhere"),
        (  # before the images, which take long to make
            {"arch": "edge", "extra": "nowhere", "images": "nowhere.npz"},
            r"^nowhere: no \*",
        ),
        ({"images": "nowhere.npz"}, "lenet5 has no output for what is no digit; edge"),
        ({"arch": "edge", "images": "nowhere.npz"}, "nowhere.npz: images of"),
        (
            {"arch": "edge", "images": "a.npz", "validation_share": 0.2},
            "--validation-share 0.2: --images a.npz has its parts already",
        ),
    ],
)
def test_what_cannot_be_trained_leaves_no_folder(
    tiny_mnist_dir, tmp_path, given, message
):
    with pytest.raises((TrainingError, DataError), match=message):
        train(tmp_path / "run", tiny_mnist_dir, **given)
    assert not (tmp_path / "run").exists()


@pytest.mark.slow  # a training
def test_images_that_were_prepared_are_what_is_fitted(tiny_mnist_dir, tmp_path):
    digits = load(tiny_mnist_dir, "train")
    labels = np.where(np.arange(len(digits)) % 5, digits.labels, 10).astype(np.uint8)
    mnist = Split(digits.images, labels)
    parts = [mnist.only(slice(first, first + 100)) for first in (0, 100, 100, 200)]
    path = tmp_path / "images.npz"
    held = parts[2].only(parts[2].labels < 10)
    parts[2:] = [held, Split(digits.images[200:], digits.labels[200:])]
    run_images.write(path, RunImages(*parts, "two hundred digits"))
    run = tmp_path / "run"
    status, _ = train(run, tmp_path / "no-mnist", arch="edge", images=str(path))
    made_by = json.loads((run / "metrics.json").read_text())["made_by"]
    assert status == 0
    assert made_by["data"].startswith("two hundred digits: 100 fitted, 80 to choose")
    assert f"--images {path}" in made_by["command"]


def test_data_that_are_not_there(tmp_path):
    with pytest.raises(DataError, match=str(tmp_path)):
        train(tmp_path / "run", tmp_path)
    assert not (tmp_path / "run").exists()


@pytest.mark.slow  # three trainings
def test_a_training_that_is_stopped_says_where_it_stands_and_goes_on(
    tiny_mnist_dir, tmp_path, monkeypatch
):
    kept = Checkpoint.on_epoch_end
    with monkeypatch.context() as patched:

        def stopped(self, epoch, logs=None):
            raise KeyboardInterrupt

        patched.setattr(Checkpoint, "on_epoch_end", stopped)
        run = tmp_path / "run"
        status, said = train(run, tiny_mnist_dir)
        assert status == commands.INTERRUPTED
        assert said == [f"Stopped within the first epoch; {run} holds no model yet."]
        with pytest.raises(TrainingError, match="holds a run already"):
            train(run, tiny_mnist_dir)

        def stopped_later(self, epoch, logs=None):
            kept(self, epoch, logs)
            raise KeyboardInterrupt

        patched.setattr(Checkpoint, "on_epoch_end", stopped_later)
        status, said = train(run, tiny_mnist_dir, resume=True)
    assert status == commands.INTERRUPTED
    assert "best.keras is the best so far: epoch 1, validation accuracy" in said[0]
    assert said[1] == "Go on with --resume."
    with pytest.raises(TrainingError, match="started with seed 1, not 2"):
        train(run, tiny_mnist_dir, resume=True, seed=2)
    status, said = train(run, tiny_mnist_dir, resume=True)
    assert status == 0
    assert said[0].startswith(f"{run / 'model.keras'}: epoch 2, ") or (
        said[0].startswith(f"{run / 'model.keras'}: epoch 1, ")
    )
    assert said[1] == f"{run / 'report.html'}: the pictures"
    assert len(runs.history_of(run)) == 2
    assert (run / "report.html").exists()
