"""Sources that may be away for now, and names of what never comes."""

import sys

import pytest

from edge_app.common.errors import CameraError
from edge_app.sources import awaited
from edge_app.sources.cameras.picamera import why_no_picamera
from edge_app.sources.source import CameraOptions

pytestmark = pytest.mark.device


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *((name, True) for name in ("0", "/dev/video7", "HD Webcam", "picamera:1")),
        *((name, True) for name in ("rtsp://camera/live", "http://camera/")),
        *((name, False) for name in ("clip.mp4", "my clip.mp4", "shots", "demo")),
        *((name, False) for name in ("my shots/page", "my *.jpg", "auto")),
    ],
)
def test_which_names_are_those_of_what_may_come_later(name, expected):
    assert awaited.is_awaited(name) == expected


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("rtsp://a:99999/x", {}, "rtsp://a:99999/x: no URL"),
        (
            "ftp://me:secret@a/x",
            {},
            r"^ftp://a/x: no stream is got by ftp, but .*http",
        ),
        ("http:///x", {}, "names no machine; rtsp://camera.local/live would"),
        ("http://a:0/x", {}, "names no machine"),
        ("rtsp://me:secret@a/x", {"focus": 3}, "^rtsp://a/x: --focus is for cameras"),
        ("0", {"interval_s": 2.0}, "--interval is for pictures at an http:// URL"),
    ],
)
def test_what_no_waiting_would_help_is_said_at_once(name, options, message):
    with pytest.raises(CameraError, match=message) as caught:
        awaited.check(name, CameraOptions(**options))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("http://camera.local/snapshot.jpg", {"interval_s": 2.0}),
        ("RTSP://me:secret@camera/live", {}),
        ("udp://:5000", {}),  # whoever sends to this machine
        ("7", {"focus": 3.0}),
        ("/dev/video77", {"fourcc": "MJPG"}),
        ("HD Webcam", {}),
    ],
)
def test_what_may_come_later_is_no_fault(name, options):
    awaited.check(name, CameraOptions(**options))
    assert awaited.is_awaited(name)


@pytest.mark.skipif(sys.platform != "linux", reason="video devices of Linux")
def test_what_can_be_no_video_device_is_said_at_once(tmp_path):
    with pytest.raises(CameraError, match="camera 256: there can be no /dev/video256"):
        awaited.check("256", CameraOptions())
    for path in ("/dev/null", str(tmp_path)):
        with pytest.raises(CameraError, match=f"camera {path}: is no camera; "):
            awaited.check(path, CameraOptions())


@pytest.mark.skipif(why_no_picamera() is None, reason="picamera2 is here")
def test_a_raspberry_pi_s_camera_without_its_library_never_comes():
    with pytest.raises(CameraError, match="picamera:1: picamera2 is not installed"):
        awaited.check("picamera:1", CameraOptions())
