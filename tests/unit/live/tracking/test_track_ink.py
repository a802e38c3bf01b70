"""Digits that are known by their ink while pages change and hands write."""

import numpy as np
import pytest
from tracks import arc, digit, drawn, followed, number, one, reading

from edge_app.live.tracking.track import Tracker
from edge_app.reading import Digit
from edge_app.sources.demo.demo_scene import Scene

pytestmark = pytest.mark.device


def events_of_read(reader, pages, fps=15, tracker=None, start_s=0.0):
    """As `followed`, of pages that are really read, with seconds from the first."""
    known = {}
    readings = []
    for page in pages:
        key = page.tobytes()
        if key not in known:
            known[key] = reader.read(page)
        readings.append(known[key])
    texts, events = followed(readings, fps, tracker, start_s)
    return texts, [(e.kind, e.text, round(e.time_s - start_s, 2)) for e in events]


def test_another_digit_at_the_same_place_inherits_nothing(reader):
    pages = [drawn((5, 300, 1))] * 10 + [drawn((3, 300, 1))] * 10
    texts, events = events_of_read(reader, pages)
    assert events == [
        ("appeared", "5", 0.0),
        ("settled", "5", 0.27),
        ("appeared", "3", 0.8),
        ("settled", "3", 0.93),
    ]
    # The old one until the new one is no flicker: no frame shows anything else.
    assert texts == [["5"]] * 12 + [["3"]] * 8


def test_a_corrected_digit_changes_its_number(reader):
    pages = [drawn((2, 200, 1), (7, 300, 1), (1, 400, 1))] * 10
    pages += [drawn((2, 200, 1), (7, 300, 1), (3, 400, 1))] * 12
    _, events = events_of_read(reader, pages)
    kinds = [event[:2] for event in events]
    assert kinds == [("appeared", "271"), ("settled", "271"), ("changed", "273")]


def test_an_added_digit_changes_its_number(reader):
    pages = [drawn((2, 200, 1), (7, 300, 1))] * 10
    pages += [drawn((2, 200, 1), (7, 300, 1), (3, 400, 1))] * 15
    _, events = events_of_read(reader, pages)
    kinds = [event[:2] for event in events]
    assert kinds == [("appeared", "27"), ("settled", "27"), ("changed", "273")]


def test_a_number_made_of_old_digits_starts_at_age_zero():
    apart = reading(*number("1", 100), *number("23", 308))
    joined = reading(*number("1777777723", 100))
    tracker = Tracker()
    followed([apart] * 15, 15, tracker, start_s=0.0)
    _, events = followed([joined] * 20, 15, tracker, start_s=1.0)
    appeared, settled = (e for e in events if e.text == "1777777723")
    assert (appeared.kind, settled.kind) == ("appeared", "settled")
    assert appeared.number_id == settled.number_id == 3
    assert settled.time_s - appeared.time_s >= 0.25


@pytest.mark.parametrize("label", [0, 5, 6, 8])
def test_a_half_written_digit_does_not_settle(reader, label):
    shares = np.linspace(0.1, 1, 14)  # about a second
    pages = [drawn((label, 300, share)) for share in shares]
    _, events = events_of_read(reader, pages + pages[-1:] * 15)
    believed = [event for event in events if event[0] in ("settled", "changed")]
    assert [text for _, text, _ in believed] == [str(label)]
    assert believed[0][2] >= 13 / 15


def test_what_grew_while_it_was_rejected_was_written_too():
    written = [reading(rejects=[arc(share)]) for share in np.linspace(0.2, 0.8, 10)]
    tracker = Tracker()
    texts, events = followed(written, 15, tracker, start_s=0.0)
    assert not any(texts)
    assert events == []
    # It is still told that it was rejected.
    steady, _ = tracker.update(written[-1], 0.65)
    assert len(steady.rejects) == 1
    _, events = followed([reading(arc(0.8))] * 20, 15, tracker, start_s=0.7)
    kinds = [(event.kind, event.text) for event in events]
    assert kinds == [("appeared", "0"), ("settled", "0")]
    assert events[1].time_s >= 1.1


def test_a_straight_stroke_that_grows_does_not_settle(reader):
    """Normalized to its size it looks the same all the time."""
    pages = [drawn((1, 300, 1), height=height) for height in range(40, 140, 5)]
    _, events = events_of_read(reader, pages)
    assert [event[0] for event in events] == ["appeared"]


@pytest.mark.parametrize("fps", [5, 15, 30])
def test_a_digit_of_which_now_all_is_seen_now_a_part(fps):
    whole = [one(100), one(140), one(180)]
    part = [one(100), one(140, is_whole=False), one(180)]
    for pattern in ([part, whole], [whole, part], [part, part, whole]):
        frames = [reading(*digits) for digits in pattern]
        tracker, seen = Tracker(), set()
        _, events = followed(frames * fps, fps, tracker)
        assert [(e.kind, e.text) for e in events] == [
            ("appeared", "111"), ("settled", "111")
        ]  # fmt: skip
        assert events[1].time_s - 50 <= 0.25 + 2 / fps
        for n, frame in enumerate(frames * fps, len(frames) * fps):
            steady, _ = tracker.update(frame, 50 + n / fps)
            seen.add(steady.digits[1].box_xywh)
        assert len(seen) == 1  # its box does not flicker either


def test_a_part_that_is_all_from_then_on_is_taken_as_it_is():
    whole = reading(one(100), one(140), one(180))
    part = reading(one(100), one(140, is_whole=False), one(180))
    tracker = Tracker()
    texts, _ = followed([whole] * 15 + [part] * 15, 15, tracker)
    assert texts == [["111"]] * 30
    steady, _ = tracker.update(part, 52.0)
    assert steady.digits[1].box_xywh == (140, 124, 12, 36)


def test_what_comes_and_goes_in_the_place_of_a_digit_does_not_replace_it():
    calm = reading(*number("747"))
    flicker = reading(digit(7, 100), Digit((126, 120, 12, 12), 1, 0.95), digit(7, 152))
    texts, _ = followed([calm] * 30 + [flicker, calm, calm, calm] * 10, 30)
    assert texts == [["747"]] * 70


def test_a_digit_that_comes_and_goes_is_not_added():
    calm, more = reading(*number("747")), reading(*number("7471"))
    texts, _ = followed([calm] * 15 + [more, calm] * 10 + [more] * 5, 15)
    assert texts[:35] == [["747"]] * 35
    assert texts[-1] == ["7471"]


@pytest.mark.parametrize("gap", [0, 2, 7])
def test_a_page_that_takes_the_place_of_another(reader, gap):
    tracker = Tracker()
    first, second = Scene(seed=3), Scene(seed=5)
    blank = [np.full((480, 640, 3), 240, np.uint8)] * gap
    pages = [first.frame(n / 15)[0] for n in range(6)]
    events_of_read(reader, pages, tracker=tracker)
    pages = [second.frame(n / 15)[0] for n in range(6)]
    texts, events = events_of_read(reader, blank + pages, tracker=tracker, start_s=0.4)
    for text in texts[gap:]:
        assert text in ([], first.numbers, second.numbers)
    assert texts[-1] == second.numbers
    kinds_and_texts = [event[:2] for event in events if event[0] != "gone"]
    assert sorted(kinds_and_texts) == sorted(
        (kind, text) for kind in ("appeared", "settled") for text in second.numbers
    )
    assert max(event[2] for event in events) <= gap / 15 + 0.3
