import numpy as np
import pytest

from train.report import reliability


def test_bins_hold_every_reading_once():
    confidences = np.array([0.0, 0.1, 0.5, 0.500001, 0.99, 1.0], np.float32)
    found = reliability.bins(confidences, np.ones(6, bool), num_bins=2)
    assert [bin_.count for bin_ in found] == [3, 3]  # 0.5 belongs to the lower one
    assert (found[0].low, found[0].high, found[1].high) == (0.0, 0.5, 1.0)
    assert found[0].confidence == pytest.approx(0.2)


def test_error_of_a_known_case():
    # 0.9 is right 3 times of 4, 0.6 twice of 2: 4/6 * 0.15 + 2/6 * 0.4.
    confidences = np.array([0.9] * 4 + [0.6] * 2, np.float32)
    right = np.array([1, 1, 1, 0, 1, 1], bool)
    error = reliability.expected_calibration_error(confidences, right)
    assert error == pytest.approx(4 / 6 * 0.15 + 2 / 6 * 0.4, abs=1e-6)


def test_calibrated_readings_have_no_error():
    rng = np.random.default_rng(0)
    confidences = rng.random(200_000).astype(np.float32)
    right = rng.random(200_000) < confidences
    assert reliability.expected_calibration_error(confidences, right) < 0.005


def test_sure_and_wrong_is_the_worst():
    ones, wrong = np.ones(5, np.float32), np.zeros(5, bool)
    assert reliability.expected_calibration_error(ones, wrong) == pytest.approx(1)
