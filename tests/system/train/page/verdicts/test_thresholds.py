import numpy as np
import pytest
from needed import need

need("keras", reason="page networks are trained with Keras")

from train.page.verdicts.thresholds import NEVER, best_threshold, precise_from


def test_of_thresholds_that_are_as_good_it_is_the_middle():
    confidence = np.array([0.9, 0.9, 0.9, 0.4, 0.4])
    right = np.array([True, True, True, False, False])
    accept, f1 = best_threshold(confidence, right, num_digits=3)
    assert f1 == pytest.approx(1)
    # From just above 0.4 to 0.9, tried by 0.02.
    assert accept == pytest.approx((0.42 + 0.9) / 2, abs=0.021)


def test_missed_digits_lower_the_f1():
    confidence, right = np.array([0.9, 0.8]), np.array([True, True])
    _, f1 = best_threshold(confidence, right, num_digits=4)
    assert f1 == pytest.approx(2 * 2 / (4 + 2))


def test_the_confidence_is_the_least_from_which_most_is_right():
    confidence = np.concatenate([np.full(20, 0.95), np.full(20, 0.705)])
    right = np.concatenate([np.ones(20, bool), np.arange(20) % 2 == 0])
    # Of all forty three quarters are right.
    precise = precise_from(confidence, right, precision=0.9, fewest=10)
    assert precise == pytest.approx(0.71)
    lax = precise_from(confidence, right, precision=0.75, fewest=10)
    assert lax == pytest.approx(0.3)


def test_each_higher_confidence_must_be_as_precise():
    confidence = np.repeat([0.955, 0.805, 0.605], [20, 10, 100])
    right = np.repeat([True, False, True], [20, 10, 100])
    # Of all of them more than nine tenths are right, but of the upper thirty not.
    precise = precise_from(confidence, right, precision=0.9, fewest=10)
    assert precise == pytest.approx(0.81)


def test_too_few_say_nothing():
    confidence, right = np.full(9, 0.95), np.ones(9, bool)
    assert precise_from(confidence, right, precision=0.5, fewest=10) == NEVER
    assert precise_from(confidence, ~right, precision=0.5, fewest=5) == NEVER
