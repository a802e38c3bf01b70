"""Readings as the tracker gets them, frame by frame."""

import cv2
import numpy as np

from edge_app.layout import grouping
from edge_app.live.fields.values.value import FieldReading
from edge_app.live.tracking.sighting import sightings
from edge_app.live.tracking.track import Tracker
from edge_app.live.tracking.tracked_digit import TrackedDigit
from edge_app.reading import Digit, Reading
from edge_app.sources.demo import demo_scene as scene
from edge_app.sources.source import Frame

BLANK = np.zeros((4, 4, 3), np.uint8)
LATENCY = dict.fromkeys(("find", "normalize", "classify", "total"), 1.0)


def digit(label, x, y=100, confidence=0.95):
    return Digit((x, y, 20, 32), label, confidence)


def reading(*digits, rejects=()):
    boxes = [seen_digit.box_xywh for seen_digit in digits]
    labels = [seen_digit.label for seen_digit in digits]
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
    for n, frame in enumerate(frames):
        steady, happened = tracker.update(frame, start_s + n / fps)
        texts.append([number.text for number in steady.numbers])
        events += happened
    return texts, events


def seen(*digits, rejects=()):
    """What is seen in a frame."""
    return sightings(reading(*digits, rejects=rejects))


def begun(digit, time_s=0.0, *, last_s=None, is_accepted=True):
    """A digit that was seen in a frame, and until then as it was first."""
    found = seen(digit) if is_accepted else seen(rejects=[digit])
    tracked = TrackedDigit.begun(found[0], time_s, 0.1)
    tracked.last_s = time_s if last_s is None else last_s
    return tracked


def arc(share):
    """A digit whose pen has gone a share of the way around."""
    page = np.zeros((200, 200), np.uint8)
    cv2.ellipse(page, (100, 100), (30, 45), 0, 0, 360 * share, 255, 6, cv2.LINE_AA)
    x, y, w, h = cv2.boundingRect(page)
    return Digit((x, y, w, h), 0, 0.99, ink=page[y : y + h, x : x + w])


def one(left, *, is_whole=True):
    """A 1, or its lower part, as where thin strokes are lost in noise."""
    top, height = (100, 60) if is_whole else (124, 36)
    ink = np.zeros((height, 12), np.uint8)
    cv2.line(ink, (7, 0), (4, height), 255, 4)
    return Digit((left, top, 12, height), 1, 0.95, ink=ink)


def drawn(*digits, height=100):
    """A page with digits, each a label, its left in pixels, and how much is written."""
    page = np.full((480, 640, 3), 240, np.uint8)
    for label, left, share in digits:
        rng = np.random.default_rng(label)
        strokes = scene.strokes(scene.SHAPES[label][0], 0.0, rng)
        left_to_write = round(share * sum(map(len, strokes)))
        for stroke in strokes:
            points = stroke[:left_to_write] * (0.62 * height, height) + (left, 180)
            left_to_write = max(0, left_to_write - len(stroke))
            fixed = np.rint(points * 16).astype(np.int32)
            if len(fixed):
                cv2.polylines(page, [fixed], False, (60, 40, 40), 8, cv2.LINE_AA, 4)
    return page


def values_followed(values, field, *seen, every_s=0.2, start_s=0.0):
    """What is known after each of some texts, or faults, at even times."""
    followed = []
    for count, text in enumerate(seen):
        is_fault = text is not None and not text.isdigit()
        read = (
            FieldReading(field, fault=text) if is_fault else FieldReading(field, text)
        )
        frame = Frame(BLANK, start_s + every_s * count)
        (known,) = values.follow([read], frame, forgotten=())
        followed.append(known)
    return followed
