"""Readings as the tracker gets them, frame by frame."""

from edge_app.layout import grouping
from edge_app.live.tracking.track import Tracker
from edge_app.reading import Digit, Reading

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
