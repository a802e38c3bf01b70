import json

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.models import calibration
from edge_app.model import classify, manifest
from train.data import mnist as data
from train.data.mnist import Split


@pytest.fixture
def few(mnist_dir):
    digits = data.load(mnist_dir, "t10k")
    return Split(digits.images[:500], digits.labels[:500])


def test_calibration_of_known_scores(few):
    class Sure:
        """Right every time, but only 80% sure."""

        def scores(self, inputs):
            return np.eye(10, dtype=np.float32)[few.labels] * 0.8

    (row,) = calibration.measure({"sure": Sure()}, few)
    assert row["accuracy"] == 1
    assert row["calibration_error"] == pytest.approx(0.2, abs=1e-6)


@pytest.mark.slow  # ten thousand images
def test_calibration_command(mnist_dir, capsys):
    options = ["--data", str(mnist_dir), "--models", "report-int8", "--json"]
    assert main(["calibration", *options]) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert row["images"] == 10_000
    entry = manifest.read(classify.MODELS)[row["model"]]
    assert row["accuracy"] == pytest.approx(entry.accuracy, abs=2e-4)  # two images
    known = entry.figures["calibration_error"]
    assert row["calibration_error"] == pytest.approx(known, abs=3e-4)
