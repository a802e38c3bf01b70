import threading
import time

import cv2
import numpy as np
import pytest

from edge_app.common.errors import CameraError
from edge_app.sources import open_source
from edge_app.sources.pace import Pictures, Video


@pytest.fixture
def clip(tmp_path):
    """A second of ten frames, each brighter than the one before."""
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for n in range(10):
        writer.write(np.full((48, 64, 3), 20 * n, np.uint8))
    writer.release()
    return path


def played(path, *, speed=1.0, may_skip=False, works_s=0.0):
    """When each frame came, in seconds from the first one."""
    video = Video(open_source(str(path)), speed=speed, may_skip=may_skip)
    times = []
    for _ in video.frames():
        times.append(time.monotonic())
        time.sleep(works_s)
    video.close()
    return [each - times[0] for each in times]


@pytest.mark.parametrize("speed", [1.0, 4.0])
def test_no_frame_comes_before_it_is_due(clip, speed):
    times = played(clip, speed=speed)
    assert len(times) == 10
    for count, time_s in enumerate(times):
        assert time_s > count / 10 / speed - 0.02


def test_frames_that_are_late_are_left_out_where_nothing_is_recorded(clip):
    assert len(played(clip, speed=10, may_skip=True, works_s=0.3)) < 8


def test_what_is_recorded_is_whole_however_slow_the_reader(clip):
    assert len(played(clip, speed=10, works_s=0.15)) == 10


def test_what_is_always_late_is_shown_now_and_then(clip):
    times = played(clip, speed=1e6, may_skip=True, works_s=0.3)
    assert len(times) >= 1


def test_a_video_is_held_and_goes_on(clip):
    video = Video(open_source(str(clip)), speed=100, may_skip=False)
    frames = video.frames()
    next(frames)
    video.pause(True)
    threading.Timer(0.5, video.pause, [False]).start()
    started = time.monotonic()
    next(frames)
    assert time.monotonic() - started > 0.4
    video.close()


@pytest.fixture
def folder(tmp_path):
    for n in (1, 2, 10):
        image = np.full((20, 30, 3), n, np.uint8)
        cv2.imwrite(str(tmp_path / f"p{n}.png"), image)
    return tmp_path


def test_pictures_stay_until_another_one_is_asked_for(folder):
    pictures = Pictures(open_source(str(folder)))
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
    frames = Pictures(open_source(str(path))).frames()
    assert "torn.png" in next(frames).fault
    with pytest.raises(CameraError, match=r"torn\.png"):
        next(frames)
