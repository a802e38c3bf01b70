from dataclasses import dataclass, replace

import cv2
import numpy as np
import pytest

from edge_app.layout import grouping
from edge_app.live.tracking import look
from edge_app.live.tracking.track import Tracker
from edge_app.reading import Digit, Reading
from edge_app.sources.demo import demo_scene as scene
from edge_app.sources.demo.demo_scene import Scene

pytestmark = pytest.mark.device

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


def drawn(*digits, height=100):
    """A page with digits, each a label, its left in pixels, and how much is written."""
    page = np.full((480, 640, 3), 240, np.uint8)
    for label, left, share in digits:
        rng = np.random.default_rng(label)
        strokes = scene.strokes(scene.SHAPES[label][0], 0.0, rng)
        left_to_write = round(share * sum(map(len, strokes)))
        for each in strokes:
            points = each[:left_to_write] * (0.62 * height, height) + (left, 180)
            left_to_write = max(0, left_to_write - len(each))
            fixed = np.rint(points * 16).astype(np.int32)
            if len(fixed):
                cv2.polylines(page, [fixed], False, (60, 40, 40), 8, cv2.LINE_AA, 4)
    return page


def told(reader, pages, fps=15, tracker=None, start_s=0.0):
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


def test_another_digit_at_the_same_place_inherits_nothing(reader):
    pages = [drawn((5, 300, 1))] * 10 + [drawn((3, 300, 1))] * 10
    texts, events = told(reader, pages)
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
    _, events = told(reader, pages)
    kinds = [each[:2] for each in events]
    assert kinds == [("appeared", "271"), ("settled", "271"), ("changed", "273")]


def test_an_added_digit_changes_its_number(reader):
    pages = [drawn((2, 200, 1), (7, 300, 1))] * 10
    pages += [drawn((2, 200, 1), (7, 300, 1), (3, 400, 1))] * 15
    _, events = told(reader, pages)
    kinds = [each[:2] for each in events]
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
    _, events = told(reader, pages + pages[-1:] * 15)
    believed = [each for each in events if each[0] in ("settled", "changed")]
    assert [text for _, text, _ in believed] == [str(label)]
    assert believed[0][2] >= 13 / 15


def arc(share):
    """A digit whose pen has gone a share of the way around."""
    page = np.zeros((200, 200), np.uint8)
    cv2.ellipse(page, (100, 100), (30, 45), 0, 0, 360 * share, 255, 6, cv2.LINE_AA)
    x, y, w, h = cv2.boundingRect(page)
    return Digit((x, y, w, h), 0, 0.99, ink=page[y : y + h, x : x + w])


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
    _, events = told(reader, pages)
    assert [each[0] for each in events] == ["appeared"]


def one(left, *, is_whole=True):
    """A 1, or its lower part, as where thin strokes are lost in noise."""
    top, height = (100, 60) if is_whole else (124, 36)
    ink = np.zeros((height, 12), np.uint8)
    cv2.line(ink, (7, 0), (4, height), 255, 4)
    return Digit((left, top, 12, height), 1, 0.95, ink=ink)


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
    told(reader, pages, tracker=tracker)
    pages = [second.frame(n / 15)[0] for n in range(6)]
    texts, events = told(reader, blank + pages, tracker=tracker, start_s=0.4)
    for text in texts[gap:]:
        assert text in ([], first.numbers, second.numbers)
    assert texts[-1] == second.numbers
    told_of = [each[:2] for each in events if each[0] != "gone"]
    assert sorted(told_of) == sorted(
        (kind, text) for kind in ("appeared", "settled") for text in second.numbers
    )
    assert max(each[2] for each in events) <= gap / 15 + 0.3


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
