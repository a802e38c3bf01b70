"""Numbers followed from frame to frame."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from tracks import LATENCY, digit, followed, number, reading

from edge_app.layout import grouping
from edge_app.live.tracking.track import Tracker
from edge_app.reading import Digit
from edge_app.sources.demo.demo_scene import Scene

pytestmark = pytest.mark.device


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
    raw = [frame.numbers[0].text for frame in frames]
    texts, events = followed(frames, fps)
    assert len(set(raw)) == 2
    assert {text for (text,) in texts[fps:]} == {"47"}
    assert [event.kind for event in events][-1] == "settled"


def test_a_digit_that_is_misread_for_half_a_second_keeps_its_label():
    labels = [1] * 30 + [4] * 8 + [1] * 10
    frames = [reading(digit(9, 100), digit(label, 126)) for label in labels]
    texts, _ = followed(frames, 15)
    assert texts == [["91"]] * len(frames)


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


def test_a_part_of_a_number_is_not_shown():
    whole = number("123")
    part, blank = reading(whole[0], whole[2]), reading()
    frames = [blank] * 3 + [part, reading(*whole)] * 10
    texts, events = followed(frames, 15)
    assert {tuple(text) for text in texts} == {(), ("123",)}
    assert [(e.kind, e.text) for e in events] == [
        ("appeared", "123"), ("settled", "123")
    ]  # fmt: skip


def test_one_frame_changes_no_label_that_is_shown():
    box = (100, 100, 20, 32)
    doubtful = Digit(box, 7, 0.515, ((7, 0.515), (1, 0.485)))
    blurred = Digit(box, 1, 0.99, ((1, 0.99),))
    frames = [doubtful] * 20 + [blurred] + [doubtful] * 10 + [blurred] * 10
    texts, _ = followed([reading(frame) for frame in frames], 15)
    assert texts[:31] == [["7"]] * 31
    assert texts[-1] == ["1"]


def test_separators_are_kept_and_may_be_missed_for_a_moment():
    digits = number("23300")
    plain = reading(*digits)
    boxes, labels = [d.box_xywh for d in digits], [d.label for d in digits]
    with_point = grouping.number(range(5), labels, boxes, {3: "."})
    pointed = replace(plain, numbers=(with_point,))
    texts, events = followed([plain] + [pointed, pointed, plain] * 10, 15)
    assert texts[:5] == [["23300"]] * 5
    assert texts[5:] == [["233.00"]] * 26
    assert [event.text for event in events] == ["23300", "233.00"]


@pytest.mark.parametrize("fps", [1, 5, 15])
def test_a_number_waits_for_a_digit_that_is_seen_a_frame_later(fps):
    frames = (
        [reading()] + [reading(*number("123")[:2])] + [reading(*number("123"))] * 20
    )
    _, events = followed(frames, fps)
    kinds = [(event.kind, event.text) for event in events]
    assert kinds == [("appeared", "123"), ("settled", "123")]


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
    for read_number in steady.numbers:
        labels = [str(steady.digits[index].label) for index in read_number.digits]
        assert "".join(labels) == read_number.text
    assert [read_number.text for read_number in steady.numbers] == ["12", "34"]
    assert steady.latency_ms == LATENCY


@dataclass(frozen=True)
class Undecided(Digit):
    alternatives: tuple = ()


def test_alternatives_count():
    box = (100, 100, 20, 32)
    # Twice a narrow 1, once a sure 7: the sum says 7.
    narrow = Undecided(box, 1, 0.5, ((1, 0.5), (7, 0.48)))
    sure = Undecided(box, 7, 0.95, ((7, 0.95), (1, 0.05)))
    frames = [reading(digits_seen) for digits_seen in (narrow, narrow, sure) * 10]
    texts, _ = followed(frames, 15)
    assert texts[-1] == ["7"]


def test_a_page_full_of_digits_is_followed():
    page = [digit(n % 10, 30 * (n % 20), 40 * (n // 20)) for n in range(240)]
    tracker = Tracker()
    tracker.update(reading(*page), 0.0)
    steady, _ = tracker.update(reading(*page), 0.1)
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
