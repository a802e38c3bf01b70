import pytest
from tracks import digit, reading

from benchmarks.reading import confidence
from train.scenes.truth import LabeledDigit, Truth


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


def test_what_does_not_count_is_not_judged():
    sure, unsure, hard, soft, nothing = (
        digit(7, x, confidence=share)
        for x, share in ((0, 0.95), (50, 0.6), (100, 0.7), (150, 0.8), (200, 0.9))
    )
    truth = Truth(
        "a.png",
        (
            LabeledDigit(sure.box_xywh, 7),
            LabeledDigit(unsure.box_xywh, 1),
            LabeledDigit(hard.box_xywh, 7, difficult=True),
        ),
        soft=(soft.box_xywh,),
    )
    read = reading(sure, unsure, hard, soft, nothing)
    judged = confidence.judge(truth, read)
    assert judged == [(0.95, True), (0.6, False), (0.9, False)]
