"""Zeros and legs as the training's mixture varies them."""

import numpy as np
import pytest

from train.scenes.composed.text.scribe import Scribe
from train.scenes.writing import handwriting


def height(written):
    return float(np.ptp(written.points[:, 1]))


def test_a_lowered_digit_stands_on_its_line_or_a_little_above():
    square = [np.array([[0, 0], [1, 1]], np.float32)]
    for seed in range(20):
        rng = np.random.default_rng(seed)
        (lowered,) = handwriting.lowered(square, 0.6, rng)
        assert np.ptp(lowered[:, 1]) == pytest.approx(0.6)
        assert 0.7 < lowered[:, 1].max() <= 1.0001


def test_zeros_alone_are_low():
    low = Scribe(np.random.default_rng(1), None, None, zeros=0.5)
    plain = Scribe(np.random.default_rng(1), None, None)
    assert height(low.digit(0)) < 0.7 * height(plain.digit(0))
    assert height(low.digit(8)) > 0.8


def test_legs_reach_down():
    long = Scribe(np.random.default_rng(1), None, None, tails=1.0)
    assert height(long.digit(7)) > 1.6
    assert height(long.digit(8)) < 1.3
