from dataclasses import replace

import numpy as np
import pytest

from edge_app.find import verdict as verdict_module
from edge_app.find.candidate import Candidate
from edge_app.find.verdict import (
    NUM_FEATURES,
    Opinions,
    Verdict,
    features,
    near,
    opinions_of,
)

pytestmark = pytest.mark.device


def plain(*, first=0.0, second=0.0, letter=0.0, around=0.0, bias=0.0):
    """Weights of a plain sum: two units, of which one is what the other lacks."""
    row = np.zeros(NUM_FEATURES + 1)
    row[[0, 2, 4, 8, -1]] = first, letter, second, around, bias
    return {"hidden": np.column_stack([row, -row]).tolist(), "output": [1, -1, 0]}


EVEN = {"page_label": 1.0, "edge_label": 1.0}


BOTH = Verdict(**EVEN, **plain(first=1.0, second=1.0))


def one(label, share, *, other=0.0, kinds=10):
    shares = np.zeros((1, kinds), np.float32)
    shares[0, label] = share
    shares[0, 10:] = other
    return shares


def page(label, share, other=0.0):
    return one(label, share, other=other, kinds=18)


def alone(count=1):
    return np.zeros((count, count), np.float32)


def opinions(pages, seconds, around):
    """What readers say of glyphs that fill their pictures."""
    return Opinions(pages, seconds, around, np.zeros(len(pages), np.float32))


def test_shares_of_one_reader_are_its_own():
    verdict = Verdict(**plain(first=1.0), page_label=1.0, edge_label=0.0)
    shares = verdict.shares(opinions(page(3, 0.8), one(7, 0.9), alone()))
    assert shares.shape == (1, 10)
    assert shares.argmax() == 3
    assert shares.sum() == pytest.approx(0.8, abs=0.01)


def test_two_that_agree_are_surer_than_either():
    shares = BOTH.shares(opinions(page(5, 0.8), one(5, 0.8), alone()))
    assert shares.argmax() == 5
    assert shares[0, 5] > 0.9


def test_two_that_disagree_about_the_label_agree_that_it_is_a_digit():
    shares = BOTH.shares(opinions(page(5, 0.9), one(6, 0.9), alone()))
    assert shares.sum() > 0.9
    assert shares.max() < 0.6


def test_bias_speaks_for_digits():
    doubtful = page(5, 0.5), one(5, 0.5), alone()
    assert (
        Verdict(**EVEN, **plain(first=1.0, bias=3.0)).shares(opinions(*doubtful)).max()
        > 0.9
    )
    assert (
        Verdict(**EVEN, **plain(first=1.0, bias=-3.0)).shares(opinions(*doubtful)).max()
        < 0.1
    )


def test_what_looks_like_a_letter_is_less_of_a_digit():
    verdict = Verdict(**EVEN, **plain(first=1.0, second=1.0, letter=1.0))
    likely = verdict.shares(opinions(page(5, 0.6), one(5, 0.6), alone())).max()
    unlikely = verdict.shares(
        opinions(page(5, 0.6, other=0.1), one(5, 0.6), alone())
    ).max()
    assert unlikely < likely


def test_nothing_to_judge():
    empty = np.zeros((0, 18), np.float32), np.zeros((0, 10), np.float32), alone(0)
    assert Verdict().shares(opinions(*empty)).shape == (0, 10)


def test_weights_of_other_features_are_refused():
    with pytest.raises(ValueError, match="train and convert the network again"):
        Verdict(hidden=[[1.0]] * NUM_FEATURES, output=[1.0, 0.0])


def test_features_of_a_glyph_and_of_its_neighbor():
    pages = np.concatenate([page(5, 0.9, other=0.1), page(3, 0.2, other=0.6)])
    seconds = np.concatenate([one(5, 0.9), one(4, 0.3)])
    around = np.array([[0, 0.4], [0.3, 0]], np.float32)
    found = features(opinions(pages, seconds, around))
    assert found.shape == (2, NUM_FEATURES)
    assert found[0, 0] == pytest.approx(np.log(9), abs=1e-4)
    assert found[0, 1:4] == pytest.approx(np.log(9), abs=1e-4)
    assert found[1, 1:4] == pytest.approx(np.log(1 / 3), abs=1e-4)
    assert found[0, 5] == pytest.approx(np.log(0.9 * 256), abs=1e-4)
    assert found[:, 7].tolist() == [1, -1]
    np.testing.assert_allclose(found[0, 8:16], 0.4 * np.tanh(found[1, :8] / 4))
    assert found[:, 16] == pytest.approx([0.4, 0.3])
    assert found[:, 17].tolist() == [0, 0]
    assert found[:, 18:].argmax(axis=1).tolist() == [5, 4]


def test_heights_are_of_the_picture_and_at_least_a_fifth():
    scores = np.zeros(18, np.float32)
    boxes = (0, 0, 10, 20), (30, 10, 10, 10), (900, 0, 30, 60)
    seen = [Candidate(box, None, scores, picture_height=80) for box in boxes]
    heights = opinions_of(seen).heights
    assert heights == pytest.approx(np.log([1 / 4, 1 / 5, 3 / 4]), abs=1e-5)


def test_a_glyph_is_what_stands_around_it():
    boxes = np.array([(x, 50, 20, 30) for x in range(0, 125, 25)], np.float32)
    verdict = Verdict(**EVEN, **plain(first=1.0, second=1.0, around=4.0))
    edge = np.concatenate([one(5, 0.5)] * 5)
    for neighbor, is_likelier in ((page(5, 0.95), True), (page(5, 0.05, 0.9), False)):
        others = [neighbor] * 5
        others[2] = page(5, 0.5)
        shares = verdict.shares(opinions(np.concatenate(others), edge, near(boxes)))
        assert (shares[2].max() > 0.6) == is_likelier
        assert (shares[2].max() < 0.4) != is_likelier


def test_what_is_far_or_of_another_size_is_not_near():
    boxes = np.array(
        [(0, 0, 10, 20), (15, 0, 10, 20), (2000, 0, 10, 20), (0, 30, 100, 200)],
        np.float32,
    )
    around = near(boxes)
    assert around.shape == (4, 4)
    assert around[0, 1] > 0.4
    assert around[0, [0, 2, 3]].max() < 0.001
    assert around.sum(axis=1).max() <= 1
    assert near(np.zeros((0, 4), np.float32)).shape == (0, 0)


def test_what_is_near_does_not_depend_on_how_many_rows_are_counted_at_once(monkeypatch):
    rng = np.random.default_rng(1)
    corners, sizes = rng.uniform(0, 300, (40, 2)), rng.uniform(5, 40, (40, 2))
    boxes = np.concatenate([corners, sizes], axis=1).astype(np.float32)
    at_once = near(boxes)
    for pairs in (1, 130):
        fewer = replace(verdict_module.VERDICT, pairs_at_once=pairs)
        monkeypatch.setattr(verdict_module, "VERDICT", fewer)
        assert np.array_equal(near(boxes), at_once)
