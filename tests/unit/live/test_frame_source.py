"""The frames that `edge-digits run` reads, of whichever source."""

import threading
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from cameras import answering, file_server
from clocks import Clock
from ports import free_port

from edge_app.common.errors import CameraError, UnfitSourceError
from edge_app.live import frame_source
from edge_app.live.fields.setup import LiveSetup, Setup
from edge_app.live.frame_source import Frames
from edge_app.sources import CameraOptions, pace
from edge_app.sources.cameras.devices import likely_cameras
from edge_app.sources.pace import SteppedPictures, Video
from edge_app.sources.source import Frame

pytestmark = pytest.mark.device


@pytest.fixture
def pictures(tmp_path):
    """A folder of three pictures of these grays."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for gray in (10, 20, 30):
        image = np.full((24, 32, 3), gray, np.uint8)
        cv2.imwrite(str(folder / f"{gray}.png"), image)
    return folder


@pytest.fixture
def clip(tmp_path):
    path = tmp_path / "clip.avi"
    size_wh, fourcc = (32, 24), cv2.VideoWriter_fourcc(*"MJPG")
    writer = cv2.VideoWriter(str(path), fourcc, 20, size_wh)
    for gray in (10, 20, 30):
        writer.write(np.full((24, 32, 3), gray, np.uint8))
    writer.release()
    return path


def opened(name, *, is_shown=False, is_kept=True, camera=None, **options):
    camera = camera or CameraOptions()
    return Frames(str(name), camera, is_shown=is_shown, is_kept=is_kept, **options)


def grays(frames):
    return [round(int(frame.image.mean()), -1) for frame in frames]


def test_files_are_read_whole_where_nobody_looks_on(pictures, clip):
    for path, is_moving in ((pictures, False), (clip, True)):
        frames = opened(path)
        assert (frames.name, frames.fault, frames.player) == (str(path), None, None)
        assert (frames.is_file, frames.is_live) == (True, False)
        assert frames.is_moving is is_moving
        assert grays(frames) == [10, 20, 30]
        frames.close()


def test_who_looks_on_has_a_player(pictures, clip):
    for path, kind in ((pictures, SteppedPictures), (clip, Video)):
        frames = opened(path, is_shown=True, speed=100)
        assert type(frames.player) is kind
        assert frames.is_file
        frames.close()


@pytest.mark.parametrize("speed", [0.5, 2.0])
def test_a_clip_is_played_as_fast_as_is_asked_for(clip, monkeypatch, speed):
    clock = Clock()
    monkeypatch.setattr(pace, "time", clock)
    monkeypatch.setattr(pace, "threading", SimpleNamespace(Condition=clock.condition))
    frames = opened(clip, is_shown=True, speed=speed)
    shown_s = [clock.now_s - 1000 for _ in frames]
    assert shown_s == pytest.approx([n / 20 / speed for n in range(3)])
    frames.close()


def test_who_waits_for_the_next_picture_is_woken_at_the_end(pictures):
    frames = opened(pictures, is_shown=True)
    seen = []
    thread = threading.Thread(target=lambda: seen.extend(frames), daemon=True)
    thread.start()  # waits at the first, which stays
    frames.stop()
    thread.join(60)
    assert not thread.is_alive()
    frames.close()


def test_the_demo_scene_stands_in_for_a_camera_on_the_screen_alone():
    if likely_cameras():
        pytest.skip("there is a camera")
    frames = opened("auto", is_kept=False)
    assert (frames.name, frames.is_live, frames.is_file) == ("demo", False, False)
    assert next(frame for frame in frames if frame is not None).image.shape == (
        480,
        640,
        3,
    )
    frames.close()
    frames = opened("auto")
    assert frames.name == "camera"
    while frames.fault is None:
        assert next(iter(frames)) is None
    assert "the demo scene is for the screen and the page alone" in frames.fault
    frames.close()


@pytest.mark.parametrize("name", ["nothing.mp4", "nothing", "no/*.png", "300"])
def test_what_can_never_come_is_said_at_once(name):
    with pytest.raises(CameraError, match=name[0]):
        opened(name)


def test_an_address_is_waited_for_and_its_password_is_not_told():
    frames = opened(f"http://me:secret@127.0.0.1:{free_port()}/stream")
    assert frames.fault
    assert "secret" not in frames.fault + frames.name
    assert frames.is_live
    assert next(iter(frames)) is None
    frames.close()


def test_a_web_page_is_no_camera():
    page = b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html></html>"
    with (
        answering(page) as port,
        pytest.raises(UnfitSourceError, match="a web page; its"),
    ):
        opened(f"http://127.0.0.1:{port}/")


def test_a_clip_at_an_address_is_read_once_as_a_file_is(clip):
    with file_server(clip.parent) as url:
        frames = opened(f"{url}/{clip.name}")
        assert not frames.is_live
        assert grays(frames) == [10, 20, 30]
        frames.close()


def test_a_server_that_does_not_answer_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(frame_source, "_SERVER_ANSWER_S", 0.05)
    release = threading.Event()

    def open_source(*_):
        release.wait()
        raise CameraError("gone")

    monkeypatch.setattr(frame_source, "open_source", open_source)
    frames = opened("http://127.0.0.1/stream")
    assert frames.fault is None
    assert frames.name == "http://127.0.0.1/stream"
    release.set()
    frames.close()


class Camera:
    """One that can be adjusted."""

    name, is_live, is_moving = "camera", True, True
    is_closed = False

    def frames(self):
        yield Frame(np.zeros((24, 32, 3), np.uint8), 0.0)

    def adjustments(self):
        return []

    def adjust(self, name, value):
        pass

    def close(self):
        self.is_closed = True


def test_a_camera_is_opened_as_it_is_adjusted_now(monkeypatch):
    asked, setup = [], LiveSetup(Setup(exposure_ms=4, focus=7))

    def open_source(_, camera):
        asked.append(camera)
        return Camera()

    monkeypatch.setattr(frame_source, "open_source", open_source)
    frames = opened("HD Webcam", camera=CameraOptions(fps=15), setup=setup)
    for frame in frames:
        if frame is not None:
            break
    frames.close()
    assert asked[0] == CameraOptions(fps=15, exposure_ms=4, focus=7)
    assert isinstance(setup.source, Camera)
