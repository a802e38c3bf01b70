"""Pictures at a URL that is asked for again and again, from real servers."""

import itertools
import re
import time

import cv2
import numpy as np
import pytest
from cameras import file_server, mjpeg_camera
from clocks import Clock
from written import jpeg

from benchmarks.live.camera_server import stamped_age_s
from edge_app.common.errors import CameraError
from edge_app.live.tracking.track import Tracker
from edge_app.reader import Reader
from edge_app.sources import CameraOptions, open_source
from edge_app.sources.demo.demo_scene import Scene
from edge_app.sources.network import stills
from edge_app.sources.newest import Newest
from edge_app.sources.source import PolledSource

PAGE = np.full((20, 30, 3), 200, np.uint8)
FAST = CameraOptions(interval_s=0.1)


@pytest.fixture
def camera():
    with mjpeg_camera("--width", "320", "--height", "240", "--fps", "30") as camera:
        camera.url = camera.url.replace("/video", "/capture")
        yield camera


def test_a_cameras_stills_are_asked_for_again_and_again(camera):
    source = open_source(camera.url, FAST)
    assert isinstance(source, PolledSource)
    assert source.is_live
    frames = list(itertools.islice(source.frames(), 5))
    made_s = [
        frame.time_s - stamped_age_s(frame.image, frame.time_s) for frame in frames
    ]
    gaps = np.diff([frame.time_s for frame in frames])
    assert (np.diff(made_s[1:]) > 0).all()  # another one each time
    assert (gaps >= 0.1).all()


def test_what_is_wrong_with_stills_is_said_and_they_go_on(camera):
    reopened = []

    def reopen():
        reopened.append(1)
        return open_source(camera.url, FAST)

    newest = Newest(open_source(camera.url, FAST), reopen)
    try:
        frames = newest.frames()
        seen = {}

        def until(condition, limit_s=60):
            ends_s = time.monotonic() + limit_s
            for frame in frames:
                seen["frame"] = frame
                if found := condition():
                    return found
                assert time.monotonic() < ends_s, newest.fault
            raise AssertionError("closed")

        until(lambda: seen["frame"] is not None)
        for mode, message in (
            ("torn", "torn or damaged|only damaged"),
            ("end", "hangs up without an answer"),
            ("black", "black for"),
        ):
            camera.becomes(mode)
            fault = until(lambda: newest.fault)  # which may be over by now
            assert re.search(message, fault)
            camera.becomes("well")
            until(lambda: newest.fault is None and seen["frame"] is not None)
        # One that shows the same to the last bit need not be broken.
        num_opened = len(reopened)
        camera.becomes("frozen")
        ends_s = time.monotonic() + 6
        until(lambda: time.monotonic() > ends_s)
        assert (newest.fault, len(reopened)) == (None, num_opened)
    finally:
        newest.close()


@pytest.mark.parametrize("name", ["photo.jpg", "photo.png", "photo"])
def test_a_picture_on_a_server_stays(tmp_path, name):
    kind = ".jpg" if name.endswith("jpg") else ".png"
    content = cv2.imencode(kind, PAGE)[1].tobytes()
    (tmp_path / name).write_bytes(content)
    with file_server(tmp_path) as url:
        frames = open_source(f"{url}/{name}", FAST).frames()
        for frame in itertools.islice(frames, 3):
            assert np.abs(frame.image.astype(int) - 200).max() <= 1
        (tmp_path / name).unlink()
        with pytest.raises(CameraError, match="the server says 404"):
            next(frames)


@pytest.mark.parametrize("demands", [(), ("Digest",), ("Basic",)])
def test_a_picture_whose_address_is_not_ascii(tmp_path, demands):
    (tmp_path / "küche 1").mkdir()
    cv2.imwrite(str(tmp_path / "küche 1" / "zähler.png"), PAGE)
    with file_server(tmp_path, *demands) as url:
        known = url.replace("//", "//me:se%2Fcr%3Aet@") if demands else url
        source = open_source(f"{known}/küche 1/zähler.png?zu=groß", FAST)
        assert source.name == f"{url}/küche 1/zähler.png?zu=groß"
        for frame in itertools.islice(source.frames(), 2):
            assert np.array_equal(frame.image, PAGE)
        with pytest.raises(CameraError, match=r"/kühe\.png: the server says 404"):
            open_source(f"{known}/kühe.png")


def test_a_picture_on_a_server_is_upright(tmp_path):
    (tmp_path / "photo.jpg").write_bytes(jpeg(PAGE, orientation=6))
    with file_server(tmp_path) as url:
        frame = next(open_source(f"{url}/photo.jpg").frames())
    assert frame.image.shape == (30, 20, 3)


def test_numbers_settle_in_pictures_that_are_far_apart(
    tmp_path, reader: Reader, monkeypatch
):
    """After two that read the same; the clock by which they do stands still between."""
    monkeypatch.setattr(stills, "time", Clock())
    cv2.imwrite(str(tmp_path / "page.png"), Scene(seed=1).frame(0.0)[0])
    with file_server(tmp_path) as url:
        options = CameraOptions(interval_s=2.5)
        source = open_source(f"{url}/page.png", options)
        frames = list(itertools.islice(source.frames(), 3))
    assert [frame.time_s - frames[0].time_s for frame in frames] == [0, 2.5, 5]
    assert [frame.followed_s - frames[0].followed_s for frame in frames] == [0, 1, 2]
    tracker = Tracker()
    kinds = [
        {event.kind for event in tracker.update(reading, frame.followed_s)[1]}
        for frame in frames
        for reading in [reader.read(frame.image)]
    ]
    assert "appeared" in kinds[0]
    assert "settled" in kinds[1]
    assert kinds[2] == set()


def test_stills_behind_a_login_go_on(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), PAGE)
    with file_server(tmp_path, "Digest") as url:
        known = url.replace("//", "//me:se%2Fcr%3Aet@")
        frames = open_source(f"{known}/a.png", FAST).frames()
        assert len(list(itertools.islice(frames, 2))) == 2
