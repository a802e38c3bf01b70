"""Updates as the live app makes them, for the tests of what takes them."""

import time
from dataclasses import replace

import numpy as np
from tracks import reading

from edge_app.live.tracking.track import Event
from edge_app.sinks.sink import Update
from edge_app.sources.demo.demo_scene import Scene
from edge_app.sources.source import Frame


def event(kind="settled", number_id=1, text="2927", box_xywh=(100, 61, 150, 40)):
    return Event(kind, time.monotonic(), number_id, text, 0.987654, box_xywh)


def scene_update(reader, *, events=(), time_s=0.0, seed=1):
    """The demo scene, really read."""
    image = Scene(seed=seed).frame(time_s)[0]
    return read_update(reader, image, events=events)


def read_update(reader, image, *, events=()):
    started = time.monotonic()
    reading = reader.read(image)
    age_ms = 1000 * (time.monotonic() - started)
    return Update("demo", Frame(image, started), reading, tuple(events), age_ms)


def blank_update(reader, *, events=()):
    return read_update(reader, np.full((48, 64, 3), 250, np.uint8), events=events)


def known_update(*digits, events=(), fields=(), **frame):
    """Digits that are known, of which nobody had to read a picture.

    Args:
        digits: As `tracks.digit` makes them.
        events: What happened.
        fields: What is read in them.
        frame: What its file is called, and why it cannot be read.
    """
    image = np.full((480, 640, 3), 250, np.uint8)
    read = replace(reading(*digits), fields=tuple(fields))
    return Update("demo", Frame(image, 50.0, **frame), read, tuple(events), 5.0)
