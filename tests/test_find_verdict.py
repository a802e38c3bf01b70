import numpy as np
import pytest

from edge_app.find.verdict import Verdict

EVEN = {
    "page_digit": 1.0,
    "page_kind": 0.0,
    "edge_digit": 1.0,
    "page_label": 1.0,
    "edge_label": 1.0,
}


def one(label, share, *, other=0.0, kinds=10):
    shares = np.zeros((1, kinds), np.float32)
    shares[0, label] = share
    shares[0, 10:] = other
    return shares


def page(label, share, other=0.0):
    return one(label, share, other=other, kinds=18)


def test_shares_of_one_reader_are_its_own():
    verdict = Verdict(**EVEN | {"edge_digit": 0.0, "edge_label": 0.0})
    shares = verdict.shares(page(3, 0.8), one(7, 0.9))
    assert shares.shape == (1, 10)
    assert shares.argmax() == 3
    assert shares.sum() == pytest.approx(0.8, abs=0.01)


def test_two_that_agree_are_surer_than_either():
    shares = Verdict(**EVEN).shares(page(5, 0.8), one(5, 0.8))
    assert shares.argmax() == 5
    assert shares[0, 5] > 0.9


def test_two_that_disagree_about_the_label_agree_that_it_is_a_digit():
    shares = Verdict(**EVEN).shares(page(5, 0.9), one(6, 0.9))
    assert shares.sum() > 0.9
    assert shares.max() < 0.6


def test_bias_speaks_for_digits():
    doubtful = page(5, 0.5), one(5, 0.5)
    assert Verdict(**EVEN, digit_bias=3.0).shares(*doubtful).max() > 0.9
    assert Verdict(**EVEN, digit_bias=-3.0).shares(*doubtful).max() < 0.1


def test_what_looks_like_a_letter_is_less_of_a_digit():
    verdict = Verdict(**EVEN | {"page_kind": 1.0})
    likely = verdict.shares(page(5, 0.6), one(5, 0.6)).max()
    unlikely = verdict.shares(page(5, 0.6, other=0.1), one(5, 0.6)).max()
    assert unlikely < likely


def test_nothing_to_judge():
    empty = np.zeros((0, 18), np.float32), np.zeros((0, 10), np.float32)
    assert Verdict().shares(*empty).shape == (0, 10)
