"""A digit's ink, by which it is known again."""

import cv2
import numpy as np
import pytest
from tracks import arc, digit, drawn, one

from edge_app.live.tracking import look
from edge_app.reading import Digit

pytestmark = pytest.mark.device


def test_a_digit_is_known_by_its_ink(reader):
    def seen(page):
        (found,) = reader.read(page).digits
        return look.of(found, 0)

    eight, six = seen(drawn((8, 300, 1))), seen(drawn((6, 300, 1)))
    closer = cv2.GaussianBlur(drawn((8, 304, 1), height=106), (0, 0), 1.5)
    assert eight.is_like(seen(closer))
    assert not eight.is_like(six)
    assert not eight.is_like(seen(drawn((8, 300, 1), height=140)))
    assert not eight.has_grown_to(six)
    assert not eight.has_grown_to(eight)
    part = look.Look(eight.ink[:60], (*eight.box_xywh[:3], 60))
    assert part.has_grown_to(eight)
    assert not eight.has_grown_to(part)
    elsewhere = look.Look(part.ink, (0, *part.box_xywh[1:]))
    assert not elsewhere.has_grown_to(eight)


def test_what_has_no_ink_looks_like_nothing():
    assert look.of(digit(1, 100), 0) is None
    blank = Digit((0, 0, 20, 32), 1, 0.9, ink=np.zeros((32, 20), np.uint8))
    assert look.of(blank, 0) is None


def test_ink_is_like_itself_whatever_its_brightness():
    whole = look.of(arc(1), 0)
    faint = look.Look(whole.ink // 2, whole.box_xywh)
    assert look.likeness(whole, whole) == pytest.approx(1)
    assert whole.is_like(faint)
    assert not whole.is_like(look.of(one(100), 0))


def test_an_arc_that_is_written_on_keeps_what_it_has():
    half, whole = look.of(arc(0.5), 0), look.of(arc(1), 0)
    assert look.kept_share(half, whole) > 0.95
    assert look.kept_share(whole, half) < 0.8
    x, y, w, h = whole.box_xywh
    assert look.kept_share(half, look.Look(whole.ink, (x + 2 * w, y, w, h))) == 0


def test_sizes_are_in_pixels_of_the_frame():
    ink = np.zeros((30, 20), np.uint8)
    ink[:15] = 200  # half of it
    seen = look.Look(ink, (0, 0, 40, 60))  # seen twice as large
    assert (seen.side, seen.area) == (60, 1200)
