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


def read_again(context, candidates, shares, **changes):
    """Return the shares after a look by a changed verdict, and how many were seen."""
    seen = []

    class Counted(ContextReader):
        def logits(self, patches):
            seen.append(len(patches))
            return super().logits(patches)

    reader = Counted(context._model, replace(context.verdict, **changes))
    _, after = reader(candidates, shares)
    return after, sum(seen)


def test_only_what_is_looked_at_is_judged_anew(seen):
    candidates, shares = seen
    context = find.load().context
    after, num_seen = read_again(context, candidates, shares, sure=1.01)
    looked = np.isin(
        np.arange(len(candidates)),
        plausible(candidates, shares, context.verdict.least),
    )
    assert num_seen == looked.sum()
    assert (after[~looked] == shares[~looked]).all()
    assert (after[looked] != shares[looked]).any(axis=1).all()
    nobody = np.zeros_like(shares)
    assert context(candidates, nobody) == (candidates, nobody)


def test_what_was_looked_at_carries_what_was_seen(seen):
    candidates, shares = seen
    context = find.load().context
    after, _ = context(candidates, shares)
    scores = {
        index: candidate.context_scores
        for index, candidate in enumerate(after)
        if candidate.context_scores is not None
    }
    chosen = plausible(candidates, shares, context.verdict.least)
    assert 0 < len(scores) < len(candidates)
    assert set(scores) <= set(chosen)
    for index, of_one in scores.items():
        assert of_one.shape == (14,)
        assert of_one.sum() == pytest.approx(1.0, abs=1e-5)
        assert replace(after[index], context_scores=None) == candidates[index]
    assert any(of_one.argmax() < 10 for of_one in scores.values())


def test_what_is_sure_needs_no_other_look(seen):
    candidates, shares = seen
    context = find.load().context
    after, num_seen = read_again(context, candidates, shares, sure=0.9)
    is_sure = shares.max(axis=1) >= 0.9
    chosen = plausible(candidates, shares, context.verdict.least)
    assert 0 < num_seen == (~is_sure[chosen]).sum() < len(chosen)
    assert (after[is_sure] == shares[is_sure]).all()
    # What stands near something sure is judged as beside a digit that was looked at.
    everything, _ = read_again(context, candidates, shares, sure=1.01)
    unsure = chosen[~is_sure[chosen]]
    assert after[unsure] == pytest.approx(everything[unsure], abs=0.2)
    nothing, num_seen = read_again(context, candidates, shares, sure=0.0)
    assert num_seen == 0
    assert nothing is shares


def test_what_the_border_cuts_off_is_looked_at_however_sure(seen):
    candidates, shares = seen
    context = find.load().context
    cut = [replace(candidate, is_cut=True) for candidate in candidates]
    _, num_seen = read_again(context, cut, shares, sure=0.0)
    assert num_seen == len(plausible(candidates, shares, context.verdict.least))
