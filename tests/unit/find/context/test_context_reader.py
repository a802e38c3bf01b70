"""The shipped context network, beside the shipped page network."""

from dataclasses import replace

import numpy as np
import pytest

from edge_app import find
from edge_app.common.errors import ModelError
from edge_app.find.context.context_reader import ContextReader, plausible
from edge_app.find.context.context_verdict import ContextVerdict
from edge_app.find.page.page_file import load_page
from edge_app.find.second_reader import SecondReader
from edge_app.model import classify
from train import scenes


@pytest.fixture(scope="module")
def seen():
    """Candidates of a scene with letters beside digits, and their shares so far."""
    finder = find.load()
    frame = scenes.make("letters nearby", 2).frame
    candidates = SecondReader(classify.load())(finder(frame))
    return candidates, finder.verdict.of(candidates)


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
