"""Page networks in files, and the context network that lies beside them."""

import json
import shutil

import numpy as np
import pytest

from edge_app.common.errors import ManifestError, ModelError
from edge_app.find.page.page_file import labels, load_page
from edge_app.model import classify, manifest, runtime

pytestmark = pytest.mark.device

FILES = ("page-int8.tflite", "context-int8.tflite", "manifest.json")


@pytest.fixture
def folder(tmp_path):
    for name in FILES:
        shutil.copy(classify.MODELS / name, tmp_path / name)
    return tmp_path


def test_it_is_loaded_with_the_page_network_of_its_form(folder):
    assert load_page(str(folder / "page-int8.tflite")).context is not None
    (folder / "context-int8.tflite").unlink()
    assert load_page(str(folder / "page-int8.tflite")).context is None


def test_one_that_nothing_describes_is_not_used(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    models = [row for row in manifest["models"] if row["arch"] != "context"]
    (folder / "manifest.json").write_text(json.dumps({"models": models}))
    assert load_page(str(folder / "page-int8.tflite")).context is None


def test_shipped_page_networks_have_verdicts_of_their_own():
    page, lite = (load_page(name) for name in ("page", "page-lite"))
    assert (page.name, lite.name) == ("page", "page-lite")
    assert page.verdict != lite.verdict
    assert page.context.verdict != lite.context.verdict
    assert lite.separators is not None


def test_an_empty_name_is_not_that_of_the_default_one():
    with pytest.raises(ModelError, match="name expected, got ''"):
        load_page("")


def test_a_page_network_may_have_its_own_verdict_of_the_context_network(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    rows = {row["file"]: row for row in manifest["models"]}
    of_context = rows["context-int8.tflite"]["thresholds"]
    fitted = {f"context_{name}": value for name, value in of_context.items()}
    rows["page-int8.tflite"]["thresholds"] |= fitted | {"context_accept": 0.123}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    finder = load_page(str(folder / "page-int8.tflite"))
    assert finder.context.verdict.accept == 0.123
    assert finder.context.verdict.hidden == of_context["hidden"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"labels": ["0", "1"]}, "labels 0, 1, this program has 0, 1, 2"),
        ({"thresholds": {"unheard_of": 1.0}}, "other thresholds than this program"),
        ({"sha256": "0" * 64}, "SHA-256 0000"),
    ],
)
def test_one_of_another_program_is_refused(folder, changed, message):
    manifest = json.loads((folder / "manifest.json").read_text())
    for row in manifest["models"]:
        if row["file"] == "context-int8.tflite":
            row |= changed
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ManifestError, match=message):
        load_page(str(folder / "page-int8.tflite"))


@pytest.mark.skipif(
    set(runtime.installed()) == {"tflite-runtime"},
    reason="tflite-runtime takes no file without a manifest",
)
def test_a_network_that_nothing_describes_is_used_with_a_warning(folder, caplog):
    (folder / "manifest.json").unlink()
    finder = load_page(str(folder / "page-int8.tflite"))
    assert (finder.name, finder.context) == ("page-int8", None)
    assert "no manifest.json describes it" in caplog.text
    assert finder(np.full((48, 64, 3), 240, np.uint8)) == []


def test_of_a_file_that_cannot_be_used_only_that_is_told(tmp_path, caplog):
    path = tmp_path / "edge-int8.tflite"
    shutil.copy(classify.MODELS / path.name, path)  # a classifier
    with pytest.raises(ModelError):
        load_page(str(path))
    assert caplog.text == ""


def test_labels_are_those_of_the_shipped_network():
    assert labels() == manifest.read(classify.MODELS)["page-int8.tflite"].labels
    assert labels()[:2] == ("digit_0", "digit_1")


def test_the_context_network_can_be_left_out():
    assert load_page(with_context=False).context is None
    assert load_page().context is not None


def test_a_name_of_no_network_says_what_there_is():
    with pytest.raises(ModelError, match=r"^lite: no such .*\(page, page-lite, c"):
        load_page("lite")
