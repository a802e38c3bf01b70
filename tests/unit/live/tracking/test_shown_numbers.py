"""Which digits are shown together."""

import pytest
from tracks import begun, digit, number, reading

from edge_app.live.tracking.shown_numbers import DigitGroup, ShownNumbers
from edge_app.live.tracking.sighting import sightings
from edge_app.live.tracking.tracked_page import TrackedPage
from edge_app.live.tracking.tracking_limits import TRACKING

pytestmark = pytest.mark.device

STEP_S = 0.06  # two are more than a flicker


class Shown:
    """One page before the camera, and what is shown of it frame by frame."""

    def __init__(self):
        self.page, self.numbers, self.time_s = TrackedPage(0.0), ShownNumbers(), 0.0

    def after(self, *frames):
        """The texts that are shown after each of the frames."""
        return [self._after(frame) for frame in frames]

    def _after(self, frame):
        self.page.follow(self.page.match(sightings(frame), self.time_s), self.time_s)
        self.numbers.remember(frame.numbers, self.page, self.time_s)
        groups = self.numbers.shown(self.page, self.time_s, 0.0)
        self.time_s += STEP_S
        return [
            "".join(str(seen_digit.label) for seen_digit in group.digits)
            for group in groups
        ]


def test_what_the_first_frame_shows_has_nothing_to_wait_for():
    first = reading(*number("34", y=200), *number("12"))
    assert Shown().after(first) == [["12", "34"]]


def test_a_number_that_comes_later_is_shown_once_it_is_no_flicker():
    first = reading(*number("12"))
    more = reading(*number("12"), *number("34", y=200))
    shown = Shown().after(first, more, more, more)
    assert shown == [["12"], ["12"], ["12"], ["12", "34"]]


def test_what_is_missed_stays_as_it_was_and_goes_with_its_page():
    whole, part = reading(*number("123")), reading(*number("12"))
    shown = Shown()
    assert shown.after(*[whole] * 3, part, whole, reading()) == [["123"]] * 6
    shown.time_s += TRACKING.page_held_s
    assert shown.after(reading()) == [[]]


def test_a_digit_that_stays_away_leaves_the_others():
    shown = Shown()
    shown.after(*[reading(*number("123"))] * 3)
    missed = round(TRACKING.digit_held_s / STEP_S)
    texts = shown.after(*[reading(*number("12"))] * (missed + 4))
    assert texts[: missed - 1] == [["123"]] * (missed - 1)
    assert texts[-1] == ["12"]


def test_numbers_that_join_wait_until_they_are_surely_read_so():
    apart = reading(*number("12", 100), *number("34", 300))
    joined = reading(*number("12", 100), *number("34", 152))
    shown = Shown()
    shown.after(*[apart] * 3)
    # As if a hand had pushed them together within a frame.
    for tracked in shown.page.digits[2:]:
        tracked.digit = digit(tracked.label, tracked.digit.box_xywh[0] - 148)
    texts = shown.after(*[joined] * 6)
    waited = sum(text == ["12", "34"] for text in texts)
    assert texts[waited:] == [["1234"]] * (6 - waited)
    assert waited * STEP_S >= TRACKING.regrouped_s - STEP_S


@pytest.fixture
def digits():
    return [begun(digit(label, 100 + 26 * label)) for label in range(4)]


def group(digits, signs=None, *, first_s=0.0, last_s=0.0):
    return DigitGroup(tuple(digits), signs or {}, first_s, last_s)


def test_a_number_gives_way_the_later_the_less_is_explained(digits):
    shown = group(digits[:3])
    assert shown.replaced_after_s(group(digits[:3], {1: "."})) == TRACKING.flicker_s
    pointed = group(digits[:3], {1: "."})
    assert (
        pointed.replaced_after_s(shown) == TRACKING.digit_held_s
    )  # the point is missed
    assert shown.replaced_after_s(group(digits, first_s=1.0)) == 0.0  # one is added
    came_back = group(digits[:3], last_s=2.0)
    assert came_back.replaced_after_s(group(digits, first_s=1.0)) == TRACKING.flicker_s
    assert shown.replaced_after_s(group(digits[1:])) == TRACKING.regrouped_s


def test_numbers_are_the_same_by_their_digits_and_separators(digits):
    assert group(digits[:2]).key == group(digits[:2], last_s=1.0).key
    assert group(digits[:2]).key != group(digits[:2], {1: "."}).key
    assert group(digits[:2]).shares_digits(group(digits[1:]))
    assert not group(digits[:2]).shares_digits(group(digits[2:]))
