"""The shipped separator network, on numbers that are drawn here."""

import cv2
import numpy as np
import pytest

from edge_app import find
from edge_app.find.separators.separator_reader import (
    CHARACTERS,
    SEPARATOR_LABELS,
    SeparatorReader,
    SeparatorVerdict,
    accepted_separators,
    probabilities,
)
from edge_app.model import classify
from edge_app.reader import Reader

PAPER, INK = 225, 50


@pytest.fixture
def separators():
    return find.load().separators


def page():
    """Two ones and two sevens in a line, 60 pixels high, with room between them."""
    frame = np.full((240, 480, 3), PAPER, np.uint8)
    for x in (80, 130):
        cv2.line(frame, (x, 90), (x - 6, 150), (INK,) * 3, 5, cv2.LINE_AA)
    for x in (220, 280):
        corners = np.array([(x, 90), (x + 34, 90), (x + 10, 150)])
        cv2.polylines(frame, [corners], False, (INK,) * 3, 5, cv2.LINE_AA)
    return frame


def draw(frame, sign):
    """Draw a separator between the ones and the sevens."""
    ink = (INK,) * 3
    if sign in ".:":
        cv2.circle(frame, (172, 148), 4, ink, -1, cv2.LINE_AA)
    if sign == ":":
        cv2.circle(frame, (172, 118), 4, ink, -1, cv2.LINE_AA)
    if sign == ",":
        cv2.line(frame, (174, 146), (167, 164), ink, 5, cv2.LINE_AA)
    if sign == "-":
        cv2.line(frame, (158, 122), (190, 121), ink, 5, cv2.LINE_AA)
    if sign == "/":
        cv2.line(frame, (190, 84), (158, 156), ink, 5, cv2.LINE_AA)
    return frame


def text(frame):
    return " ".join(number.text for number in Reader().read(frame).numbers)


def test_a_number_is_told_with_its_separator():
    assert text(page()).replace(" ", "") == "1177"
    assert [text(draw(page(), sign)) for sign in ".-:"] == ["11.77", "11-77", "11:77"]


def test_a_pattern_says_how_numbers_look_instead():
    frame = draw(page(), ".")
    (number,) = Reader(expect="1[0-9]+7").read(frame).numbers
    assert number.text == "1177"


def test_separators_can_be_left_out():
    without = Reader(separators=False)
    with_separators = Reader().having(roi_xywh=None, expect=None)
    for reader, expected in [
        (without, "1177"),
        (without.having(roi_xywh=None, expect=None), "1177"),
        (with_separators.having(roi_xywh=None, expect=None, separators=False), "1177"),
        (with_separators, "11.77"),
    ]:
        numbers = reader.read(draw(page(), ".")).numbers
        assert "".join(number.text for number in numbers) == expected


def test_only_what_is_sure_is_told():
    shares = np.full((3, len(SEPARATOR_LABELS)), 0.02, np.float32)
    shares[0, 3], shares[1, 0], shares[2, -1] = 0.9, 0.7, 0.9
    pairs = [(0, 1), (1, 2), (4, 5)]
    assert accepted_separators(pairs, shares, 0.8) == {(0, 1): "/"}
    assert accepted_separators(pairs, shares, 0.7) == {(0, 1): "/", (1, 2): "."}
    assert accepted_separators(pairs, shares, 0.95) == {}


def test_probabilities_are_those_of_the_logits():
    logits = np.array([[0.0, np.log(3.0)], [1000.0, 0.0]], np.float32)
    assert probabilities(logits) == pytest.approx(np.array([[0.25, 0.75], [1, 0]]))


def test_one_that_is_never_sure_is_not_asked(separators):
    silent = SeparatorReader(separators._model, SeparatorVerdict())
    digits = Reader().read(draw(page(), "-")).digits
    gray = cv2.cvtColor(draw(page(), "-"), cv2.COLOR_BGR2GRAY)
    assert silent(gray, digits) == {}
    assert separators(gray, digits) == {(1, 2): "-"}
    assert separators(gray, digits[:1]) == {}


def test_another_network_is_no_separator_network():
    with pytest.raises(ValueError, match=r"\(48, 48, 2\), 6\) expected, got"):
        SeparatorReader(classify.load().model, SeparatorVerdict())


def test_each_label_but_the_last_is_a_character():
    assert len(CHARACTERS) == len(SEPARATOR_LABELS) - 1
    assert dict(zip(SEPARATOR_LABELS, CHARACTERS, strict=False))["slash"] == "/"
