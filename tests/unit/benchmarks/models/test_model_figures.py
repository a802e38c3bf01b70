import numpy as np
import pytest

from benchmarks.common import test_digits
from benchmarks.models import calibration, latency, model_figures
from benchmarks.models.beyond_mnist import corruption, unknowns
from edge_app.model import classify, manifest
from edge_app.model.normalize import to_model_input
from train.data.mnist import Split

NAMES = ("report-float32.tflite", "report-int8.tflite")


@pytest.fixture(scope="module")
def models():
    exact, other = test_digits.classifiers([NAMES[0], "edge-int8.tflite"]).values()
    # Another network reads noise in another way.
    return dict(zip(NAMES, (exact, other), strict=True))


@pytest.fixture(scope="module")
def noise(models):
    """Images that are labeled as the first model reads them."""
    rng = np.random.default_rng(1)
    images = rng.integers(0, 256, (40, 28, 28)).astype(np.uint8)
    scores = models[NAMES[0]].scores(to_model_input(images))
    return Split(images, scores[:, :10].argmax(axis=1).astype(np.uint8))


@pytest.fixture(scope="module")
def characters(noise):
    return {"A": noise.images[:10], "B": noise.images[10:15]}


@pytest.fixture(scope="module")
def figures(models, noise, characters):
    """Of two models, of which the first one needs half as long as the other."""
    exact = models[NAMES[0]].model
    entries = manifest.read(classify.MODELS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            latency, "timed", lambda model, **_: [2.0 if model is exact else 4.0]
        )
        return model_figures.measure(models, entries, noise, characters)


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


def test_what_other_benchmarks_measure_is_as_they_do(
    figures, models, noise, characters
):
    for row in figures:
        alone = {row["model"]: models[row["model"]]}
        *_, accepted = unknowns.measure(alone, noise, characters)
        assert row["unknowns_accepted"] == accepted["accepted"]
        (calibrated,) = calibration.measure(alone, noise)
        assert row["calibration_error"] == calibrated["calibration_error"]
        *_, mean = corruption.measure(alone, noise, seed=1)
        assert row["corrupted_accuracy"] == mean[row["model"]]


def test_times_are_those_of_the_reference(figures):
    assert [row["latency_of_report_int8"] for row in figures] == [0.5, 1]


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
