"""The networks that lie beside a page network, by the context network."""

import json
import shutil

import pytest

from edge_app.common.errors import ManifestError, ModelError
from edge_app.find.context.context_reader import ContextReader
from edge_app.find.context.context_verdict import CONTEXT_LABELS, ContextVerdict
from edge_app.find.page.beside import load_beside
from edge_app.model import classify, manifest

pytestmark = pytest.mark.device

CONTEXT = "context-int8.tflite"


def load_context(page, arch):
    return load_beside(
        page,
        arch,
        "context",
        CONTEXT_LABELS,
        lambda model, thresholds: ContextReader(model, ContextVerdict(**thresholds)),
    )


@pytest.fixture
def page(tmp_path):
    """A page network's path; beside it the context network and the manifest."""
    for name in (CONTEXT, "manifest.json"):
        shutil.copy(classify.MODELS / name, tmp_path)
    return tmp_path / "page-int8.tflite"


def described(page, **changed):
    path = page.with_name("manifest.json")
    content = json.loads(path.read_text())
    for row in content["models"]:
        if row["file"] == CONTEXT:
            row |= changed
    path.write_text(json.dumps(content))


def test_that_of_the_same_form_is_taken_with_its_manifest_s_weights(page):
    entry = manifest.read(classify.MODELS)[CONTEXT]
    described(page, thresholds=entry.thresholds | {"least": 0.125})
    found = load_context(page, "page")
    assert isinstance(found, ContextReader)
    assert found.verdict.least == 0.125
    assert load_context(page.with_name("page-float32.tflite"), "page") is None


def test_where_there_is_none_there_is_none(page):
    assert load_context(page, "other") is None
    page.with_name(CONTEXT).unlink()
    assert load_context(page, "page") is None


def test_one_that_nobody_describes_is_not_taken(page):
    page.with_name("manifest.json").unlink()
    assert load_context(page, "page") is None


def test_one_with_other_labels_or_weights_is_refused(page):
    described(page, labels=["0", "1"])
    expected = rf"{CONTEXT}: manifest\.json says labels 0, 1, this program has 0, 1, 2"
    with pytest.raises(ManifestError, match=expected):
        load_context(page, "page")
    described(page, labels=list(CONTEXT_LABELS), thresholds={"color": 1.0})
    with pytest.raises(
        ManifestError, match=r"other thresholds than this program .*col"
    ):
        load_context(page, "page")


def test_a_file_that_is_not_the_described_one_is_refused(page):
    path = page.with_name(CONTEXT)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ManifestError, match=CONTEXT):
        load_context(page, "page")


def test_another_network_under_its_name_is_refused(page):
    shutil.copy(classify.MODELS / "report-int8.tflite", page.with_name(CONTEXT))
    entry = manifest.read(classify.MODELS)["report-int8.tflite"]
    described(page, sha256=entry.sha256, size_bytes=entry.size_bytes)
    with pytest.raises(ModelError, match=rf"{CONTEXT}: input and number of outputs"):
        load_context(page, "page")
