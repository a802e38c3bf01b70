import json

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="training needs TensorFlow")

from benchmarks.__main__ import main
from benchmarks.models import correction
from edge_app.common.errors import DataError
from edge_app.model import classify, manifest
from train.fit import adapt
from train.scenes.writing.hands import Hands


@pytest.fixture(scope="module")
def hands(strokes_dir):
    return Hands(strokes_dir, "test")


@pytest.fixture(scope="module")
def writer(hands):
    return max(hands.writers, key=lambda each: len(hands.samples("digits", each)))


def test_a_hand_is_split_without_overlap(hands, writer):
    samples = hands.samples("digits", writer)
    own, others = correction.split(hands, writer, corrected=30, seed=1)
    assert len(own) == 30
    assert len(others) == correction._COPIES * (len(samples) - 30)
    every = [int(label) for label, _ in samples]
    held = others.labels[:: correction._COPIES]
    assert sorted([*own.labels, *held]) == sorted(every)
    other, _ = correction.split(hands, writer, corrected=30, seed=2)
    assert not np.array_equal(own.images, other.images)
    again, _ = correction.split(hands, writer, corrected=30, seed=1)
    assert np.array_equal(own.images, again.images)


def test_more_corrections_than_digits(hands, writer):
    with pytest.raises(DataError, match="correct fewer"):
        correction.split(hands, writer, corrected=500, seed=1)


@pytest.mark.slow  # whole adaptations of the shipped network
def test_the_command(strokes_dir, small_mnist_dir, unknowns_dir, monkeypatch, capsys):
    monkeypatch.setattr(adapt, "_ANCHORS", 512)
    monkeypatch.setattr(adapt, "_MADE", 100)
    words = ["correction", "--strokes", str(strokes_dir), "--writers", "1", "--json"]
    places = ["--data", str(small_mnist_dir), "--unknowns", str(unknowns_dir)]
    assert main([*words, *places, "--rounds", "1"]) == 0
    shipped = manifest.read(classify.MODELS)["edge-float32.onnx"]
    row, invented = json.loads(capsys.readouterr().out)["rows"]
    for each in (row, invented):
        assert each["corrected"] == 30
        assert each["mnist_before"] == pytest.approx(shipped.accuracy, abs=1e-4)
        assert each["mnist_after"] > 0.98
    for name in ("before", "after"):
        assert 0.5 < row[name] <= 1
    assert invented["read_wrongly"] == 30
    assert invented["before"] == 0
