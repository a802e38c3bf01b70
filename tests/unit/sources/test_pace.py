import itertools
import threading
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from clocks import Clock

from edge_app.common.errors import CameraError
from edge_app.sources import open_source, pace
from edge_app.sources.pace import SteppedPictures, Video
from edge_app.sources.source import Frame

pytestmark = pytest.mark.device


class Clip:
    """Ten frames, ten a second, each of which takes some time to decode."""

    name = "clip"

    def __init__(self, clock, *, decodes_s=0.0):
        self._clock, self._decodes_s = clock, decodes_s

    def frames(self):
        for n in range(10):
            self._clock.sleep(self._decodes_s)
            yield Frame(np.full((4, 4, 3), n, np.uint8), n / 10)

    def close(self):
        pass


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(pace, "time", clock)
    monkeypatch.setattr(pace, "threading", SimpleNamespace(Condition=clock.condition))
    return clock


def played(frames, clock, *, works_s=0.0):
    """The number of each frame that comes, and when, in seconds from now."""
    started_s = clock.now_s
    shown = []
    for frame in frames:
        shown.append((frame.image[0, 0, 0], pytest.approx(clock.now_s - started_s)))
        clock.sleep(works_s)
    return shown


@pytest.mark.parametrize("speed", [1.0, 4.0])
def test_each_frame_comes_when_it_is_due(clock, speed):
    video = Video(Clip(clock), speed=speed, may_skip=False)
    assert played(video.frames(), clock) == [(n, n / 10 / speed) for n in range(10)]


def test_frames_of_a_file_come_when_they_are_due(clock, tmp_path):
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for _ in range(10):
        writer.write(np.full((48, 64, 3), 200, np.uint8))
    writer.release()
    video = Video(open_source(str(path)), speed=2, may_skip=False)
    times = [time_s for _, time_s in played(video.frames(), clock)]
    assert times == [n / 20 for n in range(10)]
    video.close()


def test_frames_that_are_late_are_left_out_where_nothing_is_recorded(clock):
    video = Video(Clip(clock), speed=1, may_skip=True)
    shown = played(video.frames(), clock, works_s=0.37)
    assert shown == [(0, 0), (3, 0.37), (7, 0.74), (9, 1.11), (9, 1.48)]


def test_the_last_frame_lasts(clock):
    frames = list(Video(Clip(clock), speed=1, may_skip=True).frames())
    assert [frame.image[0, 0, 0] for frame in frames] == [*range(10), 9]
    assert frames[-1].time_s == pytest.approx(0.9 + 0.3)


def test_what_is_recorded_is_whole_however_slow_the_reader(clock):
    video = Video(Clip(clock), speed=1, may_skip=False)
    shown = played(video.frames(), clock, works_s=0.37)
    assert shown == [(n, 0.37 * n) for n in range(10)]


def test_what_is_always_late_is_shown_once_a_second(clock):
    video = Video(Clip(clock, decodes_s=0.25), speed=1e6, may_skip=True)
    assert played(video.frames(), clock) == [
        (0, 0.25), (4, 1.25), (8, 2.25), (9, 2.5), (9, 2.5)
    ]  # fmt: skip


class TornClip(Clip):
    """Three frames, and then no more."""

    def frames(self):
        yield from itertools.islice(super().frames(), 3)
        raise CameraError("clip: torn")


def test_a_torn_clip_is_shown_to_where_it_breaks_off(clock, caplog):
    video = Video(TornClip(clock), speed=1, may_skip=False)
    assert played(video.frames(), clock) == [(n, n / 10) for n in range(3)]
    assert caplog.messages == ["clip: torn"]


def test_a_video_is_held_and_goes_on(clock):
    video = Video(Clip(clock), speed=1, may_skip=False)
    frames = video.frames()
    next(frames)
    video.pause(True)

    def go_on():
        clock.sleep(7)
        video.pause(False)

    clock.meanwhile = go_on
    assert played(frames, clock)[:2] == [(1, 7.1), (2, 7.2)]


@pytest.fixture
def folder(tmp_path):
    for n in (1, 2, 10):
        image = np.full((20, 30, 3), n, np.uint8)
        cv2.imwrite(str(tmp_path / f"p{n}.png"), image)
    return tmp_path


def test_pictures_stay_until_another_one_is_asked_for(folder):
    pictures = SteppedPictures(open_source(str(folder)))
    assert pictures.num_pictures == 3
    frames = pictures.frames()
    seen = [next(frames)]
    for by in (1, 1, -1):
        threading.Timer(0.2, pictures.step, [by]).start()
        seen.append(next(frames))
    assert [frame.image[0, 0, 0] for frame in seen] == [1, 2, 10, 2]
    pictures.step(1)
    pictures.step(1)  # there is none after the last one
    assert next(frames).image[0, 0, 0] == 10
    pictures.stop()
    assert list(frames) == []


def test_a_single_picture_that_cannot_be_read(tmp_path):
    path = tmp_path / "torn.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n torn")
    frames = SteppedPictures(open_source(str(path))).frames()
    assert "torn.png" in next(frames).fault
    with pytest.raises(CameraError, match=r"torn\.png"):
        next(frames)
