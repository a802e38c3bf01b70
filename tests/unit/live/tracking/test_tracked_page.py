"""The digits of one page, and whether a frame still shows it."""

import math
from dataclasses import replace

import pytest
from tracks import arc, digit, number, seen

from edge_app.live.tracking.tracked_page import TrackedPage
from edge_app.live.tracking.tracking_limits import TRACKING

pytestmark = pytest.mark.device


def shown(page, *frames, start_s=0.0, step_s=0.05):
    """Have a page followed through frames; what they reject, and when the last was."""
    for count, frame in enumerate(frames):
        time_s = start_s + count * step_s
        match = page.match(frame, time_s)
        rejects = page.follow(match, time_s)
    return rejects, time_s


def lefts(page):
    return sorted(seen_digit.digit.box_xywh[0] for seen_digit in page.digits)


def test_a_page_begins_with_all_that_is_read():
    page = TrackedPage(0.0)
    assert not page.match(seen(*number("123")), 0.0).is_other_page
    shown(page, seen(*number("123")))
    assert [page.read[index].label for index in range(3)] == [1, 2, 3]
    assert (page.seen_s, page.elapsed_s) == (0.0, 0.0)


def test_its_digits_are_followed_as_it_moves():
    page = TrackedPage(0.0)
    shown(page, seen(*number("123", 100)))
    digits = dict(page.read)
    moves = [seen(*number("123", 100 + 8 * n)) for n in (1, 2, 3)]
    # Faster than it would be told from its neighbor, were it not known to move.
    moves += [seen(*number("123", 124 + 21 * n)) for n in (1, 2)]
    shown(page, *moves, start_s=0.05)
    assert page.read == digits
    assert lefts(page) == [166, 192, 218]


def test_a_digit_that_is_missed_moves_with_the_others():
    page = TrackedPage(0.0)
    shown(page, *[seen(*number("123", 100))] * 4)
    _, time_s = shown(page, seen(*number("12", 105)), start_s=0.2)
    assert lefts(page) == [105, 131, 157]
    missed = [
        seen_digit for seen_digit in page.digits if page.misses(seen_digit, time_s)
    ]
    assert [seen_digit.label for seen_digit in missed] == [3]
    assert len(page.read) == 2


@pytest.mark.parametrize(
    ("frame", "is_other"),
    [
        (seen(*number("123", 100)), False),
        (seen(*number("12", 100)), False),  # one is missed
        (seen(*number("123", 100), *number("456", 300)), False),  # more is written
        (seen(*number("1", 100), *number("456", 300)), True),
        (seen(*number("456", 300)), True),
        (seen(rejects=number("456", 300)), False),  # which are no digits
        (seen(), False),
    ],
)
def test_another_page_is_one_of_which_most_is_new(frame, is_other):
    page = TrackedPage(0.0)
    shown(page, *[seen(*number("123", 100))] * 4)
    assert page.match(frame, 0.2).is_other_page is is_other


def test_a_page_that_is_not_seen_is_out_of_view_and_then_forgotten():
    page = TrackedPage(0.0)
    shown(page, *[seen(*number("123"))] * 4)
    assert page.seen_s == pytest.approx(0.15)
    assert page.is_in_view(0.15 + TRACKING.page_held_s - 0.01)
    assert not page.is_in_view(0.15 + TRACKING.page_held_s + 0.01)
    after_s = 0.15 + TRACKING.digit_held_s
    assert len(page.match(seen(), after_s - 0.01).known) == 3
    assert page.match(seen(), after_s + TRACKING.longest_gap_s).known == []


def test_rejects_that_continue_a_digit_are_not_told():
    page = TrackedPage(0.0)
    other = digit(5, 400)
    rejects, _ = shown(
        page, seen(*number("12")), seen(digit(1, 100), rejects=[digit(2, 126), other])
    )
    assert rejects == (other,)


@pytest.mark.parametrize(("count", "is_followed"), [(8, True), (9, False)])
def test_the_ink_of_print_is_not_followed(count, is_followed):
    page = TrackedPage(0.0)
    rejects = [digit(1, 40 * n, 300) for n in range(count)]
    shown(page, seen(*number("12"), rejects=rejects))
    assert len(page.digits) == 2 + count * is_followed
    assert sum(seen_digit.is_digit for seen_digit in page.digits) == 2


@pytest.mark.parametrize(("added", "is_written"), [("3", True), ("34", False)])
def test_a_hand_writes_one_digit_at_a_time(added, is_written):
    page = TrackedPage(0.0)
    shown(page, *[seen(*number("12"))] * 14)
    shown(page, seen(*number("12"), *number(added, 300)), start_s=0.7)
    for seen_digit in page.digits[2:]:
        assert (seen_digit.written_s == 0.7) is is_written
        assert seen_digit.was_shown is not is_written


@pytest.mark.parametrize(
    ("num_growing", "written_s"),
    [(1, [0.2, -math.inf, -math.inf]), (3, [-math.inf] * 3)],
)
def test_ink_that_grows_everywhere_is_a_camera_that_focuses(num_growing, written_s):
    def rings(num_whole):
        return seen(
            *(ring(1.0 if n < num_whole else 0.6, 100 + 100 * n) for n in range(3))
        )

    page = TrackedPage(0.0)
    shown(page, *[rings(0)] * 4, *[rings(num_growing)] * 4)
    assert [seen_digit.written_s for seen_digit in page.digits] == written_s


def ring(share, left):
    found = arc(share)
    x, y, width, height = found.box_xywh
    return replace(found, box_xywh=(left + x, y, width, height))
