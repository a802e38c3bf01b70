import numpy as np
import pytest

from benchmarks.time import frame_times
from edge_app.reading import Digit, Reading


class Timed:
    """A reader whose n-th frame takes n milliseconds, a third of them to find."""

    def __init__(self):
        self.frames = []

    def read(self, frame):
        self.frames.append(frame)
        ms = float(len(self.frames))
        digits = (Digit((0, 0, 9, 9), 7, 0.9),) * (len(self.frames) % 2 + 1)
        latency_ms = {"find": ms / 3, "group": 2 * ms / 3, "total": ms}
        return Reading(frame.shape[1], frame.shape[0], digits, (), (), latency_ms)


def test_percentiles_of_the_frames_after_a_warm_up(monkeypatch):
    few = frame_times.FrameConstants(sizes_wh=((64, 48),))
    monkeypatch.setattr(frame_times, "TIMED_FRAMES", few)
    reader = Timed()
    (found,) = frame_times.measure(reader, runs=101, num_digits=None)
    assert len(reader.frames) == 104
    # Those of 4 to 104 milliseconds.
    assert (found.total_ms, found.p95_ms, found.p99_ms) == (54, 99, 103)
    assert found.stages_ms == {"find": 18, "group": 36}
    assert (found.content, found.frame) == ("demo scene", "64x48")
    assert found.row() == {
        "content": "demo scene",
        "frame": "64x48",
        "digits": 1,  # the fourth frame and every second one after it
        "find_ms": 18,
        "group_ms": 36,
        "total_ms": 54,
        "p95_ms": 99,
        "p99_ms": 103,
    }
    assert found.row("slowest content: demo scene")["content"].startswith("slowest")


def test_large_frames_are_drawn_small_and_enlarged(monkeypatch):
    sizes_wh = (160, 120), (400, 300)
    small = frame_times.FrameConstants(sizes_wh=sizes_wh, largest_drawn_wh=(200, 150))
    monkeypatch.setattr(frame_times, "TIMED_FRAMES", small)
    reader = Timed()
    small, large = frame_times.measure(reader, runs=1, num_digits=2)
    assert (small.content, small.frame) == ("2 digits", "160x120")
    assert large.frame == "400x300"
    sizes = [frame.shape for frame in reader.frames]
    assert sizes == [(120, 160, 3)] * 4 + [(300, 400, 3)] * 4
    first, second, *_ = reader.frames
    assert not np.array_equal(first, second)  # another writer


def test_a_frame_of_the_right_size_stays():
    frame = np.zeros((48, 64, 3), np.uint8)
    assert frame_times.enlarged(frame, (64, 48)) is frame
    assert frame_times.enlarged(frame, (100, 75)).shape == (75, 100, 3)


def test_contents_are_read_in_turn(monkeypatch):
    def drawn(seed, size_wh):
        return np.full((size_wh[1], size_wh[0], 3), seed, np.uint8)

    monkeypatch.setattr(frame_times, "CONTENTS", {"gray": drawn, "grays": drawn})
    reader = Timed()
    first, second = frame_times.measure_contents(reader, runs=6)
    assert (first.content, second.content) == ("gray", "grays")
    seeds = [int(frame[0, 0, 0]) for frame in reader.frames]
    assert seeds == [1, 2, 3, 4, 1, 2, 3, 4, 1] * 2
    assert second.total_ms > first.total_ms


@pytest.mark.parametrize("name", frame_times.CONTENTS)
def test_each_content_is_drawn_in_any_size(name):
    frame = frame_times.CONTENTS[name](1, (200, 150))
    assert (frame.shape, frame.dtype) == ((150, 200, 3), np.uint8)
    assert (frame.std() == 0) == (name == "blank")
