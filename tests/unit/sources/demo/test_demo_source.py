"""The demo scene, at a camera's pace."""

import itertools

import numpy as np
import pytest
from clocks import Clock

from edge_app.common.errors import CameraError
from edge_app.sources import CameraOptions, open_source
from edge_app.sources.demo import demo_source
from edge_app.sources.demo.demo_scene import Scene

pytestmark = pytest.mark.device


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(demo_source, "time", clock)
    return clock


def taken(source, clock, *, count, works_s):
    """Frames, as somebody takes them who works that long on each."""
    for frame in itertools.islice(source.frames(), count):
        yield frame
        clock.sleep(works_s)
    source.close()


def test_demo_keeps_a_cameras_pace(clock):
    frames = list(taken(open_source("demo"), clock, count=8, works_s=0.01))
    times = [frame.time_s for frame in frames]
    assert times == [pytest.approx(n / 15) for n in range(8)]
    assert frames[0].image.shape == (480, 640, 3)


def test_demo_skips_frames_for_who_is_slow(clock):
    # Three frames and three quarters of one go by.
    frames = taken(open_source("demo"), clock, count=4, works_s=0.25)
    times = [frame.time_s for frame in frames]
    assert times == [pytest.approx(n / 15) for n in (0, 4, 8, 12)]


def test_size_and_rate_of_the_demo_scene(clock):
    source = open_source("demo", CameraOptions(size_wh=(320, 240), fps=50))
    frames = list(taken(source, clock, count=6, works_s=0.01))
    assert frames[0].image.shape == (240, 320, 3)
    assert frames[-1].time_s == pytest.approx(5 / 50)


def test_a_demo_scene_too_large_to_draw():
    with pytest.raises(CameraError, match="demo: at most 4096 pixels a side"):
        open_source("demo", CameraOptions(size_wh=(8000, 1)))


def test_the_next_page_is_shown_after_a_while(clock):
    frames = taken(open_source("demo"), clock, count=3, works_s=10.0)
    for frame, seed in zip(frames, (1, 1, 2), strict=True):
        shown = Scene(seed=seed).frame(frame.time_s)[0]
        assert np.array_equal(frame.image, shown)


def test_only_its_own_name_opens_it_and_only_what_it_has_is_asked_of_it():
    assert demo_source.opened("demo2", CameraOptions()) is None
    with pytest.raises(CameraError, match="demo: has no --exposure; only cameras do"):
        demo_source.opened("demo", CameraOptions(exposure_ms=5))
