"""Digits that are not seen any more, where others came into their places."""

import pytest
from tracks import begun, digit

from edge_app.live.tracking.replaced import joined_to, uncovered
from edge_app.live.tracking.tracking_limits import TRACKING

pytestmark = pytest.mark.device

NOW_S = 10.0
MISSED_S = NOW_S - 2 * TRACKING.flicker_s


def missed(x, *, label=7, last_s=MISSED_S):
    return begun(digit(label, x), 5.0, last_s=last_s)


def in_view(x, *, label=7, since_s=9.0):
    return begun(digit(label, x), since_s, last_s=NOW_S)


def test_a_digit_that_was_taken_for_a_new_one_goes_on():
    old, new = missed(100), in_view(104)
    old.number_id = 3
    assert joined_to([old, new], NOW_S) == {new: old}
    assert (old.last_s, old.digit.box_xywh[0]) == (NOW_S, 104)
    assert (old.first_s, old.number_id) == (5.0, 3)  # its age and its number stay


def test_one_that_reads_otherwise_takes_its_place():
    old, new, beside = missed(100), in_view(104, label=1), missed(200)
    digits = [old, new, beside]
    assert joined_to(digits, NOW_S) == {}
    assert uncovered(digits, NOW_S) == [new, beside]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (missed(100, last_s=NOW_S - 0.05), in_view(104)),  # missed for a moment
        (missed(100), in_view(104, since_s=NOW_S)),  # which may be a flicker
        (missed(100), begun(digit(7, 104), 9.0, last_s=9.9)),  # not seen itself
        (missed(100), in_view(104, since_s=4.0)),  # which was there before
        (missed(100), in_view(116)),  # a fifth of it
    ],
)
def test_all_others_leave_it_in_its_place(old, new):
    assert joined_to([old, new], NOW_S) == {}
    assert uncovered([old, new], NOW_S) == [old, new]


def test_two_do_not_go_on_as_the_same():
    first, second, new = missed(100), missed(106), in_view(103)
    assert joined_to([first, second, new], NOW_S) == {new: first}
    assert uncovered([first, second, new], NOW_S) == [first, new]


def test_what_was_rejected_is_no_digit_to_go_on():
    ink = begun(digit(7, 100), 5.0, last_s=MISSED_S, is_accepted=False)
    new = in_view(104)
    assert joined_to([ink, new], NOW_S) == {}
    assert uncovered([ink, new], NOW_S) == [new]
