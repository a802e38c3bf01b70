"""One digit, followed."""

import math

import numpy as np
import pytest
from tracks import arc, begun, digit, one, seen

from edge_app.live.tracking.tracking_limits import TRACKING
from edge_app.reading import Digit

pytestmark = pytest.mark.device

PLACE = (100, 100, 20, 32)
STEP_S = 0.05  # less than a flicker


def see(tracked, digit, time_s, *, is_accepted=True):
    (sighting,) = seen(digit) if is_accepted else seen(rejects=[digit])
    return tracked.see(sighting, tracked.kind(sighting), time_s, STEP_S)


def at_place(label, *, ink):
    return Digit(PLACE, label, 0.95, ink=ink)


BAR = np.full((32, 8), 255, np.uint8)
RING = arc(1).ink


def test_what_is_read_as_a_digit_is_one_from_then_on():
    accepted = begun(digit(7, 100), 5.0)
    rejected = begun(digit(7, 100), 5.0, is_accepted=False)
    assert (accepted.first_s, accepted.label, accepted.is_digit) == (5.0, 7, True)
    assert (rejected.first_s, rejected.is_digit) == (math.inf, False)
    assert see(rejected, digit(7, 100), 5.05) is rejected
    assert (rejected.first_s, rejected.begun_s) == (5.05, 5.0)


def test_it_has_lasted_once_it_is_no_flicker():
    tracked = begun(digit(7, 100), 0.0)
    for time_s, has_lasted in ((STEP_S, False), (TRACKING.flicker_s, True)):
        see(tracked, digit(7, 100), time_s)
        assert tracked.has_lasted is has_lasted


def test_its_confidence_is_an_average_in_which_the_newest_counts_most():
    tracked = begun(digit(7, 100, confidence=0.6), 0.0)
    for time_s, confidence in ((0.05, 0.7), (0.1, 0.9)):
        see(tracked, digit(7, 100, confidence=confidence), time_s)
    kept = math.exp(-STEP_S / TRACKING.memory_s)
    first = math.exp(-0.1 / TRACKING.memory_s)  # `begun` takes it for 0.1 s
    weights = [(1 - first) * kept**2, (1 - kept) * kept, 1 - kept]
    expected = np.average([0.6, 0.7, 0.9], weights=weights)
    assert tracked.steadied().confidence == pytest.approx(expected)


def test_a_label_that_was_shown_gives_way_to_one_that_stays_likelier():
    tracked = begun(digit(7, 100, confidence=0.3), 0.0, last_s=1.0)
    see(tracked, digit(1, 100, confidence=0.99), 1.05)
    assert tracked.steadied().label == 7
    see(tracked, digit(1, 100, confidence=0.99), 1.05 + TRACKING.flicker_s)
    assert tracked.steadied().label == 1


def test_a_label_that_was_not_shown_yet_gives_way_at_once():
    tracked = begun(digit(7, 100, confidence=0.3), 0.0)
    see(tracked, digit(1, 100, confidence=0.99), 0.05)
    assert tracked.label == 1


@pytest.mark.parametrize(
    ("before", "now", "kind"),
    [
        (digit(7, 100), one(100), "same"),  # nothing is known of its ink
        (one(100), one(102), "same"),
        (arc(0.6), arc(1), "written on"),
        (arc(1), arc(0.6), "other"),
        (at_place(1, ink=BAR), at_place(0, ink=RING), "other"),
    ],
)
def test_what_ink_is_to_the_ink_before(before, now, kind):
    (sighting,) = seen(now)
    assert begun(before).kind(sighting) == kind


def test_ink_that_changes_little_by_little_has_drifted():
    tracked = begun(arc(0.55))
    kinds = []
    for share in np.arange(0.56, 0.72, 0.01):
        (sighting,) = seen(arc(share))
        kinds.append(tracked.kind(sighting))
        tracked.last_look = sighting.look  # which `see` would take for the first one
    assert kinds[0] == "same"
    assert kinds[-1] == "drifted"


def test_another_digit_takes_its_place_once_that_has_lasted():
    tracked = begun(at_place(1, ink=BAR), 0.0, last_s=1.0)
    other = at_place(0, ink=RING)
    assert see(tracked, other, 1.05) is tracked
    assert tracked.steadied().label == 1
    assert tracked.places == [PLACE, PLACE]
    assert tracked.present(1.05) is tracked.rival
    now = see(tracked, other, 1.05 + TRACKING.flicker_s)
    assert (now.label, now.first_s) == (0, 1.05)
    assert now is tracked.rival


def test_its_own_ink_ends_what_was_seen_otherwise():
    tracked = begun(at_place(1, ink=BAR), 0.0, last_s=1.0)
    see(tracked, at_place(0, ink=RING), 1.05)
    see(tracked, at_place(1, ink=BAR), 1.1)
    assert tracked.rival is None
    assert tracked.present(1.1) is tracked


def test_a_reject_is_seen_but_does_not_hold_it():
    tracked = begun(digit(7, 100), 0.0, last_s=1.0)
    see(tracked, digit(7, 104), 1.05, is_accepted=False)
    assert tracked.digit.box_xywh[0] == 104
    assert tracked.last_s == 1.0


def test_ink_that_grows_is_written():
    tracked = begun(arc(0.6), 0.0)
    assert tracked.written_s == -math.inf
    see(tracked, arc(1), 1.0)
    assert tracked.written_s == 1.0


def test_it_goes_with_the_page():
    tracked = begun(one(100))
    tracked.move(np.array([3.4, -2.6]))
    assert tracked.digit.box_xywh == tracked.last_look.box_xywh == (103, 97, 12, 60)
    assert tracked.digit.ink is None  # of another frame
