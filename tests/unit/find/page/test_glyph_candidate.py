"""One glyph of a look as a candidate."""

import cv2
import numpy as np
import pytest

from edge_app.find.page.decode import Maps, Peaks
from edge_app.find.page.glyph_candidate import candidate_of
from edge_app.find.page.ink import View
from edge_app.find.page.maps import NUM_INK, STRIDE, Kind

pytestmark = pytest.mark.device

DIGITS = range(10)
SIDE = 160
BOX = 60, 50, 24, 40


def view(box=BOX, *, side=SIDE):
    """A page with an upright stroke in a box, and a network that knows that ink."""
    x, y, w, h = box
    gray, mask = np.full((side, side), 220, np.uint8), np.zeros((side, side), np.uint8)
    for picture, ink in ((gray, 40), (mask, 255)):
        cv2.line(picture, (x + w // 2, y + 2), (x + w // 2, y + h - 3), ink, 6)
    cells = side // STRIDE
    ink = mask.reshape(cells, STRIDE, cells, STRIDE).swapaxes(1, 2)
    maps = Maps(
        np.zeros((cells, cells, 1), np.uint8),
        np.zeros((cells, cells, 1), np.float32),
        np.ascontiguousarray(ink.reshape(cells, cells, NUM_INK)),
    )
    return View(gray, maps, 1.0, (0, 0))


def candidate(scores, *, box=BOX, inked=DIGITS, seen=None):
    row = np.zeros((1, int(Kind.SYMBOL) + 1), np.float32)
    for kind, share in scores.items():
        row[0, kind] = share
    found = Peaks(np.array([box], np.float32), row)
    return candidate_of(seen or view(box), found, 0, inked)


def test_a_digit_has_its_ink_and_a_box_tight_around_it():
    found = candidate({1: 0.9})
    # The line's middle, its ends and half of its 6 pixels on each side.
    assert found.box_xywh == pytest.approx((69, 49, 7, 41), abs=2)
    assert found.ink.shape == found.box_xywh[3:1:-1]
    assert (found.reject, found.likelier) == (None, None)
    assert not found.is_cut
    assert found.picture_height == SIDE


@pytest.mark.parametrize(
    "kind", [Kind.SLASH, Kind.MINUS, Kind.POINT, Kind.COMMA, Kind.COLON]
)
def test_a_separator_has_no_ink_and_is_not_rejected(kind):
    found = candidate({int(kind): 0.75})
    assert found.ink is found.reject is None
    assert found.box_xywh == BOX


@pytest.mark.parametrize(
    ("kind", "reject"),
    [(Kind.LETTER, "letter"), (Kind.SYMBOL, "letter"), (Kind.PRINT, "print")],
)
def test_what_is_no_digit_says_why(kind, reject):
    found = candidate({int(kind): 0.9})
    assert (found.reject, found.ink, found.likelier) == (reject, None, None)


@pytest.mark.parametrize(
    ("share", "of_letter", "may_be"),
    [
        (0.3, 0.9, True),
        (0.26, 0.9, False),  # less than 0.3 of the likelier kind's
        (0.11, 0.2, False),  # hardly any
    ],
)
def test_what_may_be_a_digit_all_the_same_is_looked_at_again(share, of_letter, may_be):
    found = candidate({1: share, int(Kind.LETTER): of_letter})
    assert (found.reject, found.likelier) == (
        (None, "letter") if may_be else ("letter", None)
    )
    assert (found.ink is not None) is may_be


def test_print_that_is_asked_for_is_print_with_ink():
    found = candidate({1: 0.5, int(Kind.PRINT): 0.6}, inked=[*DIGITS, int(Kind.PRINT)])
    assert found.reject == "print"
    assert found.ink is not None


@pytest.mark.parametrize(
    "box", [(144, 50, 24, 40), (142, 50, 24, 40), (60, -8, 24, 40), (60, 126, 24, 40)]
)
def test_what_the_border_may_cut_is_cut(box):
    assert candidate({1: 0.9}, box=box, seen=view(box)).is_cut


def test_paper_between_ink_and_border_makes_it_whole():
    # The network's box reaches over the border, its ink does not by far.
    assert not candidate({1: 0.9}, box=(136, 50, 24, 40)).is_cut


def test_what_fills_a_picture_is_seldom_cut():
    box = 60, -2, 24, 164
    assert not candidate({1: 0.9}, box=box, seen=view(box)).is_cut


@pytest.mark.parametrize(("height", "is_cut"), [(84, False), (76, True)])
def test_what_is_half_as_high_as_the_picture_is_not_cut(height, is_cut):
    box = 60, -2, 24, height  # of 160 pixels
    assert candidate({1: 0.9}, box=box, seen=view(box)).is_cut is is_cut
