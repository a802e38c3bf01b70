"""The shipped context network, beside the shipped page network."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from edge_app import find
from edge_app.common.errors import ManifestError, ModelError
from edge_app.find.context.context_reader import ContextReader, plausible
from edge_app.find.context.context_verdict import ContextVerdict
from edge_app.find.page.page_file import load_page
from edge_app.find.second_reader import SecondReader
from edge_app.model import classify
from train import scenes

FILES = ("page-int8.tflite", "context-int8.tflite", "manifest.json")


@pytest.fixture
def folder(tmp_path):
    for name in FILES:
        shutil.copy(classify.MODELS / name, tmp_path / name)
    return tmp_path


@pytest.fixture(scope="module")
def seen():
    """Candidates of a scene with letters beside digits, and their shares so far."""
    finder = find.load()
    frame = scenes.make("letters nearby", 2).frame
    candidates = SecondReader(classify.load())(finder(frame))
    return candidates, finder.verdict.of(candidates)


def test_it_is_loaded_with_the_page_network_of_its_form(folder):
    assert load_page(str(folder / "page-int8.tflite")).context is not None
    (folder / "context-int8.tflite").unlink()
    assert load_page(str(folder / "page-int8.tflite")).context is None


def test_one_that_nothing_describes_is_not_used(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    models = [row for row in manifest["models"] if row["arch"] != "context"]
    (folder / "manifest.json").write_text(json.dumps({"models": models}))
    assert load_page(str(folder / "page-int8.tflite")).context is None


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


def test_another_network_is_none():
    with pytest.raises(ValueError, match=r"\(48, 48, 3\), 14\) expected, got"):
        ContextReader(classify.load().model, ContextVerdict())


def test_it_is_no_classifier_and_no_page_network():
    with pytest.raises(ModelError, match="a classifier expected, got a context"):
        classify.load("context-int8")
    with pytest.raises(ModelError, match="a page network expected, got context"):
        load_page("context-int8")


def test_what_has_no_ink_or_hardly_a_chance_is_not_looked_at(seen):
    candidates, shares = seen
    chosen = plausible(candidates, shares, 0.5)
    assert 0 < len(chosen) < len(candidates)
    assert (shares[chosen].max(axis=1) >= 0.5).all()
    inkless = [replace(candidate, class_scores=None) for candidate in candidates]
    assert not len(plausible(inkless, shares, 0.0))
    rejected = [replace(candidate, reject="print") for candidate in candidates]
    assert not len(plausible(rejected, shares, 0.0))


def test_only_what_is_looked_at_is_judged_anew(seen):
    candidates, shares = seen
    context = find.load().context
    after = context(candidates, shares)
    looked = np.isin(
        np.arange(len(candidates)),
        plausible(candidates, shares, context.verdict.least),
    )
    assert (after[~looked] == shares[~looked]).all()
    assert (after[looked] != shares[looked]).any(axis=1).all()
    nobody = np.zeros_like(shares)
    assert context(candidates, nobody) is nobody
