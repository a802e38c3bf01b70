import json
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.live import steadiness
from edge_app.sources.demo.demo_scene import Scene


@pytest.fixture(autouse=True)
def few_frames(monkeypatch):
    """Pages are shown for a shorter time, at low rates."""
    few = replace(steadiness._STEADINESS, rates_fps=(2, 4), shown_s=2.0)
    monkeypatch.setattr(steadiness, "_STEADINESS", few)


@pytest.fixture
def at_rate(monkeypatch):
    """Set the one rate at which pages are shown."""

    def change(fps):
        shown = replace(steadiness._STEADINESS, rates_fps=(fps,))
        monkeypatch.setattr(steadiness, "_STEADINESS", shown)

    return change


def test_the_same_pages_are_read_at_each_rate(reader):
    slow, fast = steadiness.measure(reader, pages=1)
    assert (slow.fps, fast.fps) == (2, 4)
    assert slow.numbers == fast.numbers == len(Scene(seed=2000).numbers)
    for found in (slow, fast):
        assert found.right <= found.settled <= found.numbers
        assert found.flips_after <= found.flips_before
        # A number settles in the second frame in which it is read.
        assert found.settle_p50_s == 1 / found.fps
    assert fast.right == fast.numbers


class Blind:
    """A reader that sees nothing at all."""

    def __init__(self, reader):
        self._reader = reader

    def read(self, frame):
        return self._reader.read(np.full_like(frame, 230))


def test_a_reader_that_sees_nothing_settles_nothing(reader):
    for found in steadiness.measure(Blind(reader), pages=1):
        assert (found.settled, found.right) == (0, 0)
        assert found.settle_p50_s is found.settle_p95_s is None


class Flickering:
    """A reader that sees nothing in each second frame."""

    def __init__(self, reader):
        self._reader = reader
        self._num_frames = 0

    def read(self, frame):
        self._num_frames += 1
        is_seen = self._num_frames % 2
        return self._reader.read(frame if is_seen else np.full_like(frame, 230))


def test_digits_that_vanish_are_counted_a_minute(reader, at_rate):
    at_rate(4)
    (found,) = steadiness.measure(Flickering(reader), pages=1)
    num_digits = sum(map(len, Scene(seed=2000).numbers))
    # Four times in two seconds; the tracker knows that they are still there.
    assert found.flips_before == 30 * 4 * num_digits
    assert found.flips_after == 0


def test_the_command_has_a_row_for_each_rate(at_rate, capsys):
    at_rate(2)
    assert main(["tracking", "--count", "2", "--json"]) == 0
    written = json.loads(capsys.readouterr().out)
    assert written["benchmark"].startswith("2 shaky pages read with ")
    (row,) = written["rows"]
    assert row["fps"] == 2
    assert row["numbers"] == sum(len(Scene(seed=n).numbers) for n in (2000, 2001))


@pytest.mark.parametrize("measured", ["writing", "rests"])
def test_nobody_writes_without_strokes(measured, capsys):
    assert main(["tracking", "--of", measured]) == 1
    assert capsys.readouterr().err == (
        "benchmarks: error: numbers are written by real hands: --strokes DIR\n"
    )
