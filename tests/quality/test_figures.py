import pytest
from needed import need

need("tensorflow", reason="corruptions and unknowns come from train")

from benchmarks.common import test_digits
from benchmarks.models import model_figures
from benchmarks.models.beyond_mnist import unknowns
from edge_app.model import classify, manifest
from train.data.mnist import Split

# Four models, each under sixteen corruptions.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("figures")]

MODELS = ["edge-int8.tflite", "edge-float32.tflite", "report-int8.tflite"]


@pytest.fixture(scope="module")
def rows(mnist_dir, unknowns_dir):
    whole = test_digits.test_images(mnist_dir)
    test = Split(whole.images[:500], whole.labels[:500])
    entries = manifest.read(classify.MODELS)
    characters = unknowns.characters(unknowns_dir, ["Tagalog"])
    found = model_figures.measure(
        test_digits.classifiers([*MODELS, "report-float32.tflite"]),
        entries,
        test,
        characters,
    )
    return {row["model"]: row for row in found}


def test_every_figure_of_each_model(rows):
    for row in rows.values():
        assert 0.95 < row["accuracy"] <= 1
        assert abs(row["lost_from_float"]) < 0.01
        assert row["same_as_float"] > 0.99
        assert 0 < row["unknowns_accepted"] < 0.5
        assert 0 < row["calibration_error"] < 0.05
        assert 0.7 < row["corrupted_accuracy"] < 1
        assert row["latency_of_report_int8"] > 0
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
