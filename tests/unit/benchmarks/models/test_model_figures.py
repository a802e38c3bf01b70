import numpy as np
import pytest

from benchmarks.common import test_digits
from benchmarks.models import model_figures
from edge_app.model import classify, manifest
from edge_app.model.normalize import to_model_input
from train.data.mnist import Split

NAMES = ("report-float32.tflite", "report-int8.tflite")


@pytest.fixture(scope="module")
def figures():
    """Of two models on noise, which is labeled as the first one reads it."""
    rng = np.random.default_rng(1)
    images = rng.integers(0, 256, (40, 28, 28)).astype(np.uint8)
    exact, other = test_digits.classifiers([NAMES[0], "edge-int8.tflite"]).values()
    # Another network reads noise in another way.
    models = dict(zip(NAMES, (exact, other), strict=True))
    read = exact.scores(to_model_input(images))[:, :10].argmax(axis=1)
    entries = manifest.read(classify.MODELS)
    characters = {"A": images[:10], "B": images[10:15]}
    return model_figures.measure(
        models, entries, Split(images, read.astype(np.uint8)), characters
    )


def test_each_model_is_compared_with_the_floats_it_was_made_of(figures):
    exact, rounded = figures
    assert (exact["model"], rounded["model"]) == NAMES
    assert (exact["accuracy"], exact["lost_from_float"]) == (1, 0)
    assert exact["same_as_float"] == 1
    assert rounded["same_as_float"] == rounded["accuracy"] < 0.9
    assert rounded["lost_from_float"] == pytest.approx(1 - rounded["accuracy"])
    for row in figures:
        path = classify.MODELS / row["model"]
        assert row["size_bytes"] == path.stat().st_size
        for name in ("unknowns_accepted", "calibration_error", "corrupted_accuracy"):
            assert 0 <= row[name] <= 1


def test_times_are_those_of_the_reference(figures):
    exact, rounded = figures
    assert rounded["latency_of_report_int8"] == 1
    assert exact["latency_of_report_int8"] > 0


def test_the_manifest_keeps_what_it_does_not_say_already(
    figures, tmp_path, monkeypatch
):
    entries = manifest.read(classify.MODELS)
    monkeypatch.setattr(classify, "MODELS", tmp_path)
    model_figures.write(entries, figures)
    written = manifest.read(tmp_path)
    assert set(written) == set(entries)
    _, rounded = figures
    found = written[NAMES[1]].figures
    assert not {"model", "size_bytes", "accuracy"} & set(found)
    assert found["same_as_float"] == round(rounded["same_as_float"], 5)
    assert written[NAMES[1]].accuracy == entries[NAMES[1]].accuracy
    assert written["edge-int8.tflite"] == entries["edge-int8.tflite"]
