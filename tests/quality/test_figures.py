from dataclasses import replace

import pytest
from needed import need

need("tensorflow", reason="corruptions and unknowns come from train")

from benchmarks import references
from benchmarks.common import test_digits
from benchmarks.models import model_figures
from benchmarks.models.beyond_mnist import unknowns
from edge_app.model import classify, manifest
from train.data.omniglot import TEST_ALPHABETS

# Four models, each under fourteen corruptions.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("figures")]

MODELS = ("edge-int8.tflite", "edge-float32.tflite", "report-int8.tflite")
# As its command writes the manifest, it is measured here, and not with the others.
MEASUREMENT = replace(
    references.measurements()["figures"],
    key=("model",),
    rows=MODELS,
    may_fall=dict.fromkeys(("accuracy", "same_as_float", "corrupted_accuracy"), 0.01),
    may_rise=dict.fromkeys(
        ("lost_from_float", "unknowns_accepted", "calibration_error"), 0.01
    ),
)


@pytest.fixture(scope="module")
def rows(mnist_dir, unknowns_dir):
    entries = manifest.read(classify.MODELS)
    found = model_figures.measure(
        test_digits.classifiers([*MODELS, "report-float32.tflite"]),
        entries,
        test_digits.test_images(mnist_dir),
        unknowns.characters(unknowns_dir, TEST_ALPHABETS),
    )
    return {row["model"]: row for row in found}


def test_no_figure_of_a_model_is_worse_than_its_reference(rows):
    worse = references.worse(MEASUREMENT, list(rows.values()))
    assert not worse, "\n".join(worse)
    assert rows["report-int8.tflite"]["latency_of_report_int8"] == 1
    assert rows["edge-float32.tflite"]["same_as_float"] == 1


def test_edge_knows_what_is_no_digit(rows):
    edge, report = rows["edge-int8.tflite"], rows["report-int8.tflite"]
    assert edge["unknowns_accepted"] < report["unknowns_accepted"] / 3


def test_figures_go_into_the_manifest(rows, tmp_path, monkeypatch):
    entries = {name: manifest.read(classify.MODELS)[name] for name in MODELS}
    monkeypatch.setattr(classify, "MODELS", tmp_path)
    model_figures.write(entries, [rows[name] for name in MODELS])
    written = manifest.read(tmp_path)
    for name, entry in written.items():
        assert entry.sha256 == entries[name].sha256
        corrupted = rows[name]["corrupted_accuracy"]
        assert entry.figures["corrupted_accuracy"] == pytest.approx(corrupted, abs=1e-5)
        latency = rows[name]["latency_of_report_int8"]
        assert entry.figures["latency_of_report_int8"] == pytest.approx(
            latency, abs=1e-5
        )
