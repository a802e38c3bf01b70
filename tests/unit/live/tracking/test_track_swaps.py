"""Numbers that settle while pages are swapped or written on, frame by frame."""

import cv2
import numpy as np
import pytest
from tracks import arc, digit, followed, number, one, reading

from edge_app.reading import Digit

pytestmark = pytest.mark.device


def settled_after(frames, shown):
    """Seconds from the frame of that index until each text settled, at 15 frames/s."""
    _, events = followed(frames, 15, start_s=0.0)
    return {
        event.text: event.time_s - shown / 15
        for event in events
        if event.kind == "settled"
    }


def test_a_reject_with_more_ink_does_not_keep_a_digit_from_being_one():
    """As in a frame that was exposed while pages were swapped."""
    blended = reading(one(100), one(180), rejects=[one(140)])
    page = reading(one(100), one(140, is_whole=False), one(180))
    after_s = settled_after([reading()] * 3 + [blended] + [page] * 9, 4)
    assert set(after_s) == {"111"}
    assert after_s["111"] <= 0.3


def test_a_page_that_was_seen_for_a_frame_holds_up_no_other():
    shared = number("123456", y=300)
    blended = reading(*number("97531864", y=100), *shared)
    page = reading(*number("86429753", y=200), *shared)
    part = reading(*number("864297", y=200), *shared)
    frames = [reading()] * 3 + [blended, page, page, part] + [page] * 6
    after_s = settled_after(frames, 4)
    assert set(after_s) == {"86429753", "123456"}
    assert max(after_s.values()) <= 0.3


@pytest.mark.parametrize(
    ("num_frames", "is_written"),
    [(1, False), (5, True)],
    ids=["of a blended frame", "that was there"],
)
def test_a_reject_of_a_page_that_has_more_ink(num_frames, is_written):
    around = number("747", y=300)
    before = reading(*around, rejects=[arc(0.6)])
    page = reading(*around, arc(0.9))
    frames = [reading()] * 3 + [before] * num_frames + [page] * 15
    after_s = settled_after(frames, 3 + num_frames)
    assert set(after_s) == {"747", "0"}
    assert (after_s["0"] >= 0.6) == is_written
    assert is_written or after_s["0"] <= 0.3


@pytest.mark.parametrize("is_rejected_first", [False, True])
def test_a_stroke_that_is_written_between_two_frames(is_rejected_first):
    """It is never seen to grow, but a page that stood there has a digit more."""
    nine, stroke = Digit((90, 100, 36, 60), 9, 0.95), one(140)
    ink = np.zeros((60, 40), np.uint8)
    ink[:, :12] = stroke.ink
    cv2.line(ink, (7, 2), (36, 2), 255, 4)
    seven = Digit((140, 100, 40, 60), 7, 0.95, ink=ink)
    frames = [reading(nine)] * 15
    frames += [reading(nine, rejects=[stroke])] * is_rejected_first
    frames += [reading(nine, stroke)] * 7 + [reading(nine, seven)] * 20
    _, events = followed(frames, 15, start_s=0.0)
    believed = [(e.kind, e.text) for e in events if e.kind in ("settled", "changed")]
    assert believed == [("settled", "9"), ("changed", "97")]


def test_what_was_rejected_says_nothing_of_how_the_page_moves():
    """It is taken for a digit of the next page, at some distance."""
    speck = digit(1, 300)
    before = reading(*number("123"), rejects=[speck])
    between = reading(rejects=[speck])
    page = reading(*number("7407407", x=320))
    after_s = settled_after([before] * 10 + [between] * 10 + [page] * 9, 20)
    assert after_s.pop("123") < 0
    assert set(after_s) == {"7407407"}
    assert after_s["7407407"] <= 0.3
