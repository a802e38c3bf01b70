"""Sources that fail, hang or are away, and who reads them nevertheless."""

import threading
from types import SimpleNamespace

import numpy as np
import pytest
from clocks import Clock

from edge_app.common.errors import CameraError, UnfitSourceError
from edge_app.sources import newest
from edge_app.sources.newest import Newest
from edge_app.sources.source import Frame

pytestmark = pytest.mark.device


class Scripted:
    """A source that gives pictures of these grays, and then does what it is told."""

    name = "scripted"
    is_live = is_moving = True

    def __init__(self, *grays, then=lambda: None):
        self._grays, self._then = grays, then

    def frames(self):
        for gray in self._grays:
            yield Frame(np.full((48, 64, 3), gray, np.uint8), 0.0)
        self._then()

    def close(self):
        pass


@pytest.fixture
def release():
    """What hangs until the test is over waits for this."""
    release = threading.Event()
    yield release
    release.set()


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(newest, "time", clock)
    return clock


def gray_of(frames):
    """The gray of the next frame."""
    return next(frame for frame in frames if frame is not None).image[0, 0, 0]


def test_a_driver_that_never_returns_is_left_behind(clock, release):
    hung = Scripted(1, then=release.wait)
    well = Scripted(2, then=release.wait)
    may_open = threading.Event()
    source = Newest(hung, lambda: may_open.wait() and well)
    frames = source.frames()
    assert gray_of(frames) == 1
    clock.sleep(3.9)
    assert next(frames) is None
    assert source.fault is None
    clock.sleep(0.2)
    while source.fault is None:  # missed after 4 s
        assert next(frames) is None
    assert source.fault == "scripted: gives no picture"
    may_open.set()
    assert gray_of(frames) == 2
    assert source.fault is None
    source.close()


def test_of_the_frames_that_went_by_the_newest_is_read(release):
    are_given = threading.Event()

    def wait():
        are_given.set()
        release.wait()

    source = Newest(Scripted(*range(100), then=wait), lambda: None)
    are_given.wait()
    assert gray_of(source.frames()) == 99
    source.close()


class _Waits(threading.Event):
    """An event that nobody waits for, but says how long one would have."""

    def __init__(self):
        super().__init__()
        self.seconds = []

    def wait(self, timeout=None):
        self.seconds.append(timeout)
        return self.is_set()


def test_attempts_to_reopen_become_rare(monkeypatch):
    waits = _Waits()
    module = {name: getattr(threading, name) for name in ("Condition", "Thread")}
    module["current_thread"] = threading.current_thread
    monkeypatch.setattr(
        newest, "threading", SimpleNamespace(Event=lambda: waits, **module)
    )
    answers = [CameraError("gone")] * 7 + [UnfitSourceError("a web page")]

    def reopen():
        raise answers.pop(0)

    source = Newest(Scripted(), reopen)
    with pytest.raises(UnfitSourceError, match="a web page"):
        list(source.frames())
    assert waits.seconds == [0, 0.5, 1, 2, 4, 8, 10, 10, 10]
    source.close()


def test_a_source_that_is_away_at_the_start_is_waited_for(release):
    answers = [CameraError("not yet"), CameraError("not yet")]

    def reopen():
        if answers:
            raise answers.pop(0)
        return Scripted(7, then=release.wait)

    source = Newest("well", reopen, fault="not yet")
    assert (source.name, source.fault) == ("well", "not yet")
    assert gray_of(source.frames()) == 7
    assert source.fault is None
    source.close()


def test_what_can_never_be_read_is_not_asked_for_again():
    def reopen():
        raise UnfitSourceError("a web page")

    source = Newest("page", reopen)
    with pytest.raises(UnfitSourceError, match="a web page"):
        list(source.frames())
    source.close()


def test_what_was_read_before_is_waited_for_whatever_is_there_now():
    def reopen():
        raise UnfitSourceError("a web page")

    source = Newest(Scripted(1), reopen)
    frames = source.frames()
    assert gray_of(frames) == 1
    for frame in frames:
        assert frame is None
        if source.fault == "a web page":
            break
    source.close()
