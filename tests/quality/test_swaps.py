"""Pages that take each other's place, and numbers that are written, really read."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.common import heldout
from benchmarks.live import swaps
from edge_app.live.tracking.track import Event, Tracker

# Hundreds of frames are read; `tests/unit/live/tracking/test_track_swaps.py` has none
# to read.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("swaps")]


@pytest.fixture(scope="module")
def shown(reader):
    return list(islice(swaps.pages(reader), 8))


@pytest.fixture(scope="module")
def blank(reader):
    return reader.read(np.full((480, 640, 3), 235, np.uint8))


@pytest.mark.parametrize("blended", [False, True])
@pytest.mark.parametrize("gap_s", swaps.SWAPS.gaps_s)
def test_nothing_false_is_told(shown, blank, gap_s, blended):
    tally = swaps.tally_of(shown, blank, gap_s, blended=blended)
    assert tally.false_events == tally.false_frames == 0
    assert tally.numbers >= 20
    if not blended:
        assert tally.longest_old_s <= 0.25
        assert max(tally.settle_s) <= 0.3
    assert len(tally.settle_s) >= (0.9 if blended else 1) * tally.numbers


def as_another(page, **changes):
    """A page, said to be another one than is read."""
    return replace(page, numbers=frozenset({"1"}), **changes)


def test_false_numbers_are_counted(shown, blank):
    first, second = shown[:2]
    wrong = [first, as_another(second, misread=frozenset())]
    tally = swaps.tally_of(wrong, blank, 0.0, blended=False)
    assert tally.false_events >= 2 * len(second.read_rightly)
    assert tally.false_frames >= 5
    assert tally.misread_events == tally.misread_frames == tally.numbers == 0
    assert tally.settle_s == []


def test_what_is_misread_without_a_swap_is_counted_apart(shown, blank):
    first, second = shown[:2]
    wrong = [first, as_another(second, misread=second.texts)]
    tally = swaps.tally_of(wrong, blank, 0.0, blended=False)
    assert tally.false_events == tally.false_frames == tally.numbers == 0
    assert tally.misread_events >= 2 * len(second.read_rightly)
    assert tally.misread_frames >= 5


def test_a_number_that_continues_one_of_the_page_before_is_false(shown):
    first, second = shown[:2]
    tally = swaps.Tally()

    class Forgetful(Tracker):
        """Gives all numbers of a frame one identity."""

        def update(self, reading, time_s):
            tracked, events = super().update(reading, time_s)
            return tracked, tuple(replace(event, number_id=1) for event in events)

    tally.see([Event("appeared", 0.0, 1, "5", 1.0, (0, 0, 1, 1))])
    tally.add(first, second, swaps.moments(second, second.blend, 0.0, blended=False),
              Forgetful(), 1.0)  # fmt: skip
    assert tally.false_events >= 2 * len(second.read_rightly)
    assert tally.false_frames == 0


def test_half_written_numbers_do_not_settle(reader, strokes_dir):
    from benchmarks.live import writing

    hands = heldout.hands(strokes_dir, "validation")
    row = writing.measure(reader, hands, count=3)
    assert row["numbers"] == row["settled_right_in_the_end"] == 3
    assert row["wrong_first"] == 0
    assert 0 < row["settle_p95_s"] < 1


def test_digits_that_rest_for_longer_settle_later(reader, strokes_dir):
    from benchmarks.live import writing

    hands = heldout.hands(strokes_dir, "validation")
    rows = list(writing.measure_rests(reader, hands, count=2))
    assert [row["rested_s"] for row in rows] == list(writing.RESTS_S)
    settle_s = [row["settle_p50_s"] for row in rows]
    assert settle_s == sorted(settle_s)
    assert settle_s[-1] > settle_s[0]
    counted = [row["wrong_first"] for row in rows]
    assert counted == sorted(counted, reverse=True)


def test_writing_is_drawn_point_by_point(strokes_dir):
    from benchmarks.live import writing

    written = writing.written(1, heldout.hands(strokes_dir, "validation"))
    assert written.text.isdigit()
    starts = [stroke.starts_s for stroke in written.strokes]
    ends = [stroke.ends_s for stroke in written.strokes]
    assert all(start < end for start, end in zip(starts, ends, strict=True))
    assert all(end < start for end, start in zip(ends, starts[1:], strict=False))
    ink = [
        (written.frame(time_s) < 150).sum()
        for time_s in np.linspace(0, written.ends_s, 6)
    ]
    assert ink[0] == 0
    assert ink == sorted(ink)


def test_what_was_believed_first():
    from benchmarks.live.writing import WritingOutcome, summary

    outcomes = [
        WritingOutcome("86", ["8", "86"], 0.5),
        WritingOutcome("86", ["5", "86"], 0.7),
        WritingOutcome("86", ["36"], None),  # misread to the end
    ]
    assert summary(outcomes) == {
        "numbers": 3,
        "settled_right_in_the_end": 2,
        "wrong_first": 1,
        "settle_p50_s": 0.6,
        "settle_p95_s": 0.69,
    }


@pytest.mark.parametrize("of", ["writing", "rests"])
def test_writing_needs_hands(of, capsys):
    assert main(["tracking", "--of", of]) == 1
    assert "--strokes" in capsys.readouterr().err
