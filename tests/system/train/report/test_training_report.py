import base64
import json
import re
import xml.etree.ElementTree as ET

import cv2
import pytest
from needed import need

need("tensorflow", reason="training needs TensorFlow")

import numpy as np

from train.data import mnist
from train.fit import runs
from train.report import evaluate, training_report


@pytest.fixture(scope="module")
def page(quick_run):
    return (quick_run / "report.html").read_text()


def pictures_of(page, kind):
    return [
        base64.b64decode(image)
        for image in re.findall(rf'src="data:image/{kind};base64,([^"]+)"', page)
    ]


def test_page_needs_nothing_else(page):
    assert "<script" not in page
    sources = re.findall(r'(?:src|href)="([^"]{5})', page)
    assert sources
    assert set(sources) == {"data:"}
    assert "url(" not in page


def test_page_says_what_the_metrics_say(page, quick_run):
    metrics = json.loads((quick_run / "metrics.json").read_text())
    test = metrics["test"]
    assert f"<b>{test['accuracy']:.2%}</b>" in page
    assert f"<b>{test['expected_calibration_error']:.2%}</b>" in page
    assert f"{test['digits']['3']['recall']:.2%}" in page
    assert metrics["made_by"]["command"] in page


def test_curves_matrix_and_diagram_are_drawn(page):
    figures = pictures_of(page, r"svg\+xml")
    assert len(figures) == 3
    for figure in figures:
        root = ET.fromstring(figure)
        assert len(list(root.iter("{http://www.w3.org/2000/svg}path"))) > 20


def test_mistakes_are_the_images_that_were_misread(page, quick_run, small_mnist_dir):
    test = mnist.load(small_mnist_dir, "t10k")
    scores = evaluate.scores_of(runs.load_model(quick_run / "model.keras"), test)
    worst = evaluate.worst_mistakes(
        scores, test.labels, count=training_report.NUM_MISTAKES
    )
    shown = pictures_of(page, "png")
    assert len(shown) == len(worst) > 10
    for mistake, picture in zip(worst, shown, strict=True):
        assert mistake.label == test.labels[mistake.index] != mistake.read
        image = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE)
        np.testing.assert_array_equal(image, 255 - test.images[mistake.index])
        assert f"test image {mistake.index}<" in page
    surest = [worst_mistake.confidence for worst_mistake in worst]
    assert surest == sorted(surest, reverse=True)


def test_a_network_without_mistakes(tmp_path):
    """The page's texts for all cases hold: nothing wrong, one epoch, all sure."""
    test = mnist.Split(np.zeros((10, 28, 28), np.uint8), np.arange(10, dtype=np.uint8))
    scores = np.eye(10, dtype=np.float32)
    assert evaluate.worst_mistakes(scores, test.labels, count=5) == []
    metrics = {
        "parameters": 1,
        "test": evaluate.metrics(scores, test.labels),
        "made_by": {"command": "python -m train", "data": "MNIST", "versions": {}},
    }
    row = {"epoch": 1, "loss": 1, "accuracy": 1, "val_loss": 1, "val_accuracy": 1}
    path = tmp_path / "new" / "report.html"
    training_report.write_page(
        path,
        settings={"arch": "<none>"},
        metrics=metrics,
        history=[row],
        scores=scores,
        test=test,
    )
    page = path.read_text()
    assert "every test image was read rightly" in page
    assert "No mistake was made twice" in page
    assert "&lt;none&gt;" in page
