import time
from dataclasses import dataclass

import numpy as np
import pytest

from edge_app import grouping
from edge_app.reading import Digit, Reading
from edge_app.scene import Scene
from edge_app.track import Tracker

LATENCY = dict.fromkeys(("find", "normalize", "classify", "total"), 1.0)


def digit(label, x, y=100, confidence=0.95):
    return Digit((x, y, 20, 32), label, confidence)


def reading(*digits, rejects=()):
    boxes = [each.box_xywh for each in digits]
    labels = [each.label for each in digits]
    groups = grouping.reading_order(boxes)
    numbers = tuple(grouping.number(group, labels, boxes) for group in groups)
    return Reading(640, 480, tuple(digits), numbers, tuple(rejects), LATENCY)


def number(text, x=100, y=100, confidence=0.95):
    return [
        digit(int(label), x + 26 * place, y, confidence)
        for place, label in enumerate(text)
    ]


def followed(frames, fps, tracker=None, start_s=50.0):
    """Texts of each frame, and all events, of readings at that rate."""
    tracker = tracker or Tracker()
    texts, events = [], []
    for n, each in enumerate(frames):
        steady, happened = tracker.update(each, start_s + n / fps)
        texts.append([number.text for number in steady.numbers])
        events += happened
    return texts, events


@pytest.mark.parametrize("fps", [5, 15, 30])
def test_number_appears_settles_changes_and_goes(fps):
    frames = [reading(*number("123"))] * (2 * fps)
    frames += [reading(*number("128"))] * (3 * fps)
    frames += [reading()] * (3 * fps)
    _, events = followed(frames, fps)
    kinds = [(event.kind, event.text, event.number_id) for event in events]
    assert kinds == [
        ("appeared", "123", 1),
        ("settled", "123", 1),
        ("changed", "128", 1),
        ("gone", "128", 1),
    ]
    times = [event.time_s - 50 for event in events]
    # In seconds, whatever the rate; to the next frame.
    assert times[0] == 0
    assert 0.2 <= times[1] <= 0.25 + 1 / fps
    assert 2.25 <= times[2] <= 3.2
    assert 6 - 1 / fps <= times[3] + 0.01 <= 6.1 + 1 / fps
    assert events[1].confidence == pytest.approx(0.95, abs=1e-3)
    assert events[1].box_xywh == (100, 100, 72, 32)


@pytest.mark.parametrize("fps", [5, 30])
def test_label_does_not_flicker(fps):
    rng = np.random.default_rng(1)
    frames = []
    for _ in range(10 * fps):
        wrong = rng.random() < 0.25
        frames.append(reading(digit(4, 100), digit(1 if wrong else 7, 126, 100, 0.95)))
    raw = [each.numbers[0].text for each in frames]
    texts, events = followed(frames, fps)
    assert len(set(raw)) == 2
    assert {text for (text,) in texts[fps:]} == {"47"}
    assert [event.kind for event in events][-1] == "settled"


def test_a_digit_missed_for_a_moment_stays():
    whole, part = reading(*number("123")), reading(*number("123")[:2])
    texts, events = followed([whole] * 10 + [part] * 5 + [whole] * 10, 15)
    assert all(text == ["123"] for text in texts)
    assert [event.kind for event in events] == ["appeared", "settled"]


def test_a_flicker_is_not_shown():
    calm = reading(*number("123"))
    blip = reading(*number("123"), digit(9, 400, 300))
    texts, _ = followed([calm] * 10 + [blip] + [calm] * 10, 30)
    assert all(text == ["123"] for text in texts)


def test_a_reject_continues_a_digit_but_begins_none():
    good = reading(*number("12"))
    doubted = reading(digit(1, 100), rejects=[digit(2, 126, confidence=0.4)])
    tracker = Tracker()
    texts, _ = followed([good] * 10 + [doubted] * 5, 15, tracker)
    assert texts[-1] == ["12"]
    steady, _ = tracker.update(doubted, 51.0)
    assert steady.rejects == ()
    texts, events = followed([reading(rejects=[digit(5, 100)])] * 30, 15)
    assert not any(texts)
    assert events == []


@pytest.mark.parametrize("fps", [5, 30])
def test_numbers_keep_their_identity_while_the_page_moves(fps):
    frames = []
    for n in range(3 * fps):
        shift = round(60 * n / fps)  # pixels: 60 a second
        frames.append(
            reading(*number("12", 50 + shift, 80), *number("34", 50 + shift, 300))
        )
    _, events = followed(frames, fps)
    kinds = [(event.kind, event.text) for event in events]
    assert sorted(kinds) == [
        ("appeared", "12"), ("appeared", "34"), ("settled", "12"), ("settled", "34")
    ]  # fmt: skip


def test_identities_are_never_used_again():
    tracker = Tracker()
    ids = []
    for page in range(4):
        _, events = followed(
            [reading(*number("12"))] * 10, 15, tracker, start_s=100.0 * page
        )
        ids += [event.number_id for event in events if event.kind == "appeared"]
    assert ids == [1, 2, 3, 4]


def test_two_numbers_that_join_and_part():
    apart = reading(*number("12", 100), *number("34", 300))
    joined = reading(*number("12", 100), *number("34", 152))
    _, events = followed([apart] * 15 + [joined] * 30, 15)
    last = {event.number_id: event for event in events}
    assert "1234" in [event.text for event in last.values()]
    assert len([event for event in events if event.kind == "gone"]) >= 1


def test_digits_stay_in_order_and_numbers_point_at_them():
    tracker = Tracker()
    steady, _ = tracker.update(reading(*number("34", y=200), *number("12")), 0.0)
    for each in steady.numbers:
        labels = [str(steady.digits[index].label) for index in each.digits]
        assert "".join(labels) == each.text
    assert [each.text for each in steady.numbers] == ["12", "34"]
    assert steady.latency_ms == LATENCY


@dataclass(frozen=True)
class Undecided(Digit):
    alternatives: tuple = ()


def test_alternatives_count():
    box = (100, 100, 20, 32)
    # Twice a narrow 1, once a sure 7: the sum says 7.
    narrow = Undecided(box, 1, 0.5, ((1, 0.5), (7, 0.48)))
    sure = Undecided(box, 7, 0.95, ((7, 0.95), (1, 0.05)))
    frames = [reading(each) for each in (narrow, narrow, sure) * 10]
    texts, _ = followed(frames, 15)
    assert texts[-1] == ["7"]


def test_many_digits_take_little_time():
    page = [digit(n % 10, 30 * (n % 20), 40 * (n // 20)) for n in range(240)]
    tracker = Tracker()
    tracker.update(reading(*page), 0.0)
    started = time.perf_counter()
    steady, _ = tracker.update(reading(*page), 0.1)
    assert time.perf_counter() - started < 0.5
    assert len(steady.digits) == 240


def test_demo_scene_is_steady(reader):
    scene = Scene(seed=1)
    tracker = Tracker()
    texts, settled = [], {}
    for n in range(30):
        steady, events = tracker.update(reader.read(scene.frame(n / 15)[0]), n / 15)
        texts.append([number.text for number in steady.numbers])
        settled |= {e.text: e.time_s for e in events if e.kind == "settled"}
    assert all(text == scene.numbers for text in texts)
    assert set(settled) == set(scene.numbers)
    assert max(settled.values()) <= 0.5


def test_another_page_leaves_nothing_of_the_one_before():
    tracker = Tracker()
    first = [(20 + 30 * n, 50, 20, 30, 1) for n in range(6)]
    second = [(33 + 31 * n, 58, 20, 30, 7) for n in range(5)]
    texts = []
    for frame in range(30):
        digits = first if frame < 15 else second
        steadied, _ = tracker.update(page(digits), frame / 15)
        texts.append([number.text for number in steadied.numbers])
    assert texts[14] == ["111111"]
    # What stands where a digit stood may be taken for it at first; more may not.
    assert all(sum(map(len, text)) <= 5 for text in texts[15:])
    assert texts[-1] == ["77777"]


def page(digits):
    found = tuple(Digit((x, y, w, h), label, 0.99) for x, y, w, h, label in digits)
    boxes = [digit.box_xywh for digit in found]
    labels = [digit.label for digit in found]
    numbers = tuple(
        grouping.number(group, labels, boxes) for group in grouping.reading_order(boxes)
    )
    return Reading(640, 480, found, numbers, (), {"total": 1.0})
