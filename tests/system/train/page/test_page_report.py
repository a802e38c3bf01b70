import json

import numpy as np
import pytest
from needed import need

need("keras", reason="page networks are made with Keras")

from edge_app.find.verdict import Verdict
from train import scenes
from train.page import network, page_report
from train.page.crops.pool import SceneSources
from train.page.page_report import SceneResult
from train.page.page_settings import PageSettings

PICTURE = np.zeros((4, 4, 3), np.uint8)


@pytest.mark.parametrize(
    ("digits", "right", "false", "f1"),
    [
        (10, 10, 0, 1.0),
        (10, 5, 0, 2 * 5 / (10 + 5)),
        (10, 5, 5, 2 * 5 / (10 + 10)),
        (10, 0, 0, 0.0),
        (0, 0, 0, 1.0),  # nothing was there, and nothing was read
        (0, 0, 2, 0.0),
    ],
)
def test_f1_of_a_scene(digits, right, false, f1):
    result = SceneResult("plain", PICTURE, digits, right, false)
    assert result.f1 == pytest.approx(f1)


@pytest.mark.slow  # reads scenes of each kind
def test_a_finished_run_has_a_page_of_its_scenes(tiny_mnist_dir, tmp_path, monkeypatch):
    monkeypatch.setattr(scenes, "CONDITIONS", ("plain", "turned 90"))
    monkeypatch.setattr(scenes, "WITHOUT_DIGITS", ("no digits: wood",))
    network.build("page-lite").save(tmp_path / "best.keras")
    metrics = {"f1": 0.5, "parameters": 12345, "thresholds": vars(Verdict(accept=0.75))}
    files = {
        "metrics": metrics,
        "settings": vars(PageSettings(arch="page-lite")),
        "history": [{"epoch": 1, "loss": 2.0, "val_loss": 3.0}],
    }
    for name, content in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    page_report.write(tmp_path, SceneSources(tiny_mnist_dir, None))
    page = (tmp_path / "report.html").read_text()
    assert "<b>0.500</b>" in page
    assert "<b>12,345</b>" in page
    # A network that learned nothing finds nothing, which is right on wood alone.
    assert "<td>no digits: wood</td><td>0</td>" in page
    assert "no digits: wood:\n0 of 0 right, 0 false" in page
    assert "<td>plain</td>" in page
    assert "<td>0.000</td>" in page
    assert "turned" not in page
    # Two scenes a condition, among the worst and among the best.
    assert page.count("data:image/jpeg") == 8
