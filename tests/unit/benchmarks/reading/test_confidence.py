import pytest

from benchmarks.reading import confidence


def test_bins_of_known_confidences():
    judged = [(0.95, True)] * 3 + [(0.95, False), (0.55, True)]
    low, high, both = confidence.summary("scenes", judged)
    assert (low["confidence"], low["digits"], low["right"]) == ("0.5 to 0.6", 1, 1)
    assert (high["confidence"], high["digits"], high["right"]) == (
        "0.9 to 1.0",
        4,
        0.75,
    )
    assert both["digits"] == 5
    assert both["calibration_error"] == pytest.approx(4 / 5 * 0.2 + 1 / 5 * 0.45)
    assert list(confidence.summary("scenes", [])) == []
