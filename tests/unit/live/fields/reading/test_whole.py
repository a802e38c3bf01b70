"""All ink of a field read as what its pattern asks for."""

import cv2
import numpy as np
import pytest

from edge_app.live.fields.reading.whole import read_whole
from edge_app.model import classify

FIELD = (10, 10, 300, 140)


@pytest.fixture(scope="module")
def classifier():
    return classify.load()


@pytest.fixture
def crop():
    """A seven, a one that a light reflection cuts in two, a zero, and a speck."""
    picture = np.full((160, 320, 3), 230, np.uint8)
    for stroke in (
        [(40, 50), (90, 50), (60, 120)],
        [(150, 45), (148, 78)],
        [(147, 92), (145, 125)],
    ):
        cv2.polylines(picture, [np.array(stroke)], False, (40,) * 3, 8, cv2.LINE_AA)
    cv2.ellipse(picture, (240, 85), (24, 38), 0, 0, 360, (40,) * 3, 8, cv2.LINE_AA)
    cv2.circle(picture, (195, 120), 5, (60,) * 3, cv2.FILLED)
    return picture


def text(digits):
    return "".join(str(digit.label) for digit in digits)


def test_a_digit_in_two_pieces_is_one_and_a_speck_is_none(crop, classifier):
    digits = read_whole(crop, FIELD, "[0-9]{3}", classifier)
    assert text(digits) == "710"
    broken = digits[1]
    assert broken.box_xywh[3] > 70
    assert broken.ink.shape == broken.box_xywh[3:1:-1]
    assert broken.image.shape == (28, 28)
    assert broken.confidence > 0.5
    assert broken.alternatives[0][0] == 1


def test_the_pattern_says_which_of_several_ways_it_is(crop, classifier):
    assert text(read_whole(crop, FIELD, "[0-9]{3}|[0-9]{9}", classifier)) == "710"
    assert len(read_whole(crop, FIELD, "[0-9]{4}", classifier)) == 4


def test_what_cannot_match_is_nothing(crop, classifier):
    assert read_whole(crop, FIELD, "[0-9]{2}", classifier) == []
    assert read_whole(crop, FIELD, "[89]{3}", classifier) == []
    blank = np.full_like(crop, 230)
    assert read_whole(blank, FIELD, "[0-9]{3}", classifier) == []


def test_what_lies_outside_of_the_field_is_left_out(crop, classifier):
    left, top, _, height = FIELD
    half = read_whole(crop, (left, top, 180, height), "[0-9]{2}", classifier)
    assert text(half) == "71"
