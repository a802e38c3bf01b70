"""A Raspberry Pi's camera, by a picamera2 that does what its manual says.

https://datasheets.raspberrypi.com/camera/picamera2-manual.pdf
"""

import itertools
import sys

import numpy as np
import pytest
from clocks import Clock

from edge_app.common.errors import CameraError
from edge_app.sources import CameraOptions
from edge_app.sources.cameras import picamera

pytestmark = pytest.mark.device

PICAMERA2 = """
import numpy as np


class Picamera2:
    stamps_ns = []  # of the frames that it gives
    opened = None

    def __init__(self, number):
        if number > 1:
            raise IndexError("list index out of range")
        Picamera2.opened = self
        self.released = []
        self.is_started = self.is_closed = False

    @staticmethod
    def global_camera_info():
        return [{"Model": "imx708", "Num": 0}, {"Model": "ov5647", "Num": 1}]

    def create_video_configuration(self, **configuration):
        return configuration

    def configure(self, configuration):
        self.configuration = configuration

    def start(self):
        self.is_started = True

    def capture_request(self):
        if not self.stamps_ns:
            raise RuntimeError("camera frontend has timed out")
        return Request(self, self.stamps_ns.pop(0))

    def close(self):
        self.is_closed = True


class Request:
    def __init__(self, camera, stamp_ns):
        self.camera, self.stamp_ns = camera, stamp_ns

    def make_array(self, name):
        width, height = self.camera.configuration[name]["size"]
        return np.full((height, width, 3), (200, 20, 10), np.uint8)

    def get_metadata(self):
        return {} if self.stamp_ns is None else {"SensorTimestamp": self.stamp_ns}

    def release(self):
        self.camera.released.append(self.stamp_ns)
"""


class SlumberingClock(Clock):
    """That of a board that slept 500 s since its boot."""

    CLOCK_BOOTTIME = 7

    def clock_gettime(self, kind):
        assert kind == self.CLOCK_BOOTTIME
        return self.now_s + 500


@pytest.fixture
def clock(monkeypatch):
    clock = SlumberingClock()
    monkeypatch.setattr(picamera, "time", clock)
    return clock


@pytest.fixture
def picamera2(tmp_path, monkeypatch):
    """The library's class."""
    (tmp_path / "picamera2.py").write_text(PICAMERA2)
    monkeypatch.syspath_prepend(tmp_path)
    known = sys.modules.pop("picamera2", None)
    from picamera2 import Picamera2

    yield Picamera2
    del sys.modules["picamera2"]
    if known is not None:
        sys.modules["picamera2"] = known


def opened(name="picamera", **options):
    return picamera.opened(name, CameraOptions(**options))


@pytest.mark.skipif(picamera.why_no_picamera() is None, reason="picamera2 is here")
def test_how_it_is_installed_is_said():
    with pytest.raises(CameraError, match="0: picamera2 is not installed: on Raspb"):
        opened()
    assert picamera.list_picameras() == []


def test_cameras_are_listed_as_sources_take_them(picamera2):
    assert picamera.why_no_picamera() is None
    listed = picamera.list_picameras()
    assert listed == [("picamera:0", "imx708"), ("picamera:1", "ov5647")]


@pytest.mark.parametrize("name", ["picamera0", "picamera:", "picamera:x", "0", "demo"])
def test_other_names_are_left_to_other_sources(name):
    assert opened(name) is None


def test_options_are_said_in_libcameras_terms(picamera2):
    opened("picamera:1", size_wh=(1280, 720), fps=12.5, exposure_ms=4.5, focus=2)
    made = picamera2.opened.configuration
    assert made["main"] == {"size": (1280, 720), "format": "RGB888"}
    assert made["controls"] == {
        "FrameRate": 12.5,
        "AeEnable": False,
        "ExposureTime": 4500,
        "AfMode": 0,
        "LensPosition": 2,
    }
    assert not made["queue"]  # an old frame is none that anybody wants
    assert picamera2.opened.is_started


def test_what_is_not_asked_for_is_left_to_the_camera(picamera2):
    assert opened().name == "picamera:0"
    assert picamera2.opened.configuration["main"]["size"] == (640, 480)
    assert picamera2.opened.configuration["controls"] == {}


def test_frames_are_stamped_by_our_clock_and_given_back(picamera2, clock):
    boot_ns = round(1e9 * clock.clock_gettime(clock.CLOCK_BOOTTIME))
    stamps_ns = [boot_ns - 250_000_000, None, boot_ns + 1000]
    picamera2.stamps_ns = list(stamps_ns)
    source = opened(size_wh=(64, 48))
    frames = list(itertools.islice(source.frames(), 3))
    ages_s = [clock.now_s - frame.time_s for frame in frames]
    assert ages_s == pytest.approx([0.25, 0, 0])
    assert frames[0].image.shape == (48, 64, 3)
    assert np.array_equal(frames[0].image[0, 0], (200, 20, 10))
    assert picamera2.opened.released == stamps_ns
    source.close()
    assert picamera2.opened.is_closed


def test_what_goes_wrong_is_one_line(picamera2):
    with pytest.raises(CameraError, match="picamera:0: has no --fourcc"):
        opened(fourcc="MJPG")
    with pytest.raises(CameraError, match=r"picamera:2: cannot be opened \(list index"):
        opened("picamera:2")
    message = r"picamera:0: stopped delivering pictures \(camera frontend has"
    with pytest.raises(CameraError, match=message):
        next(opened().frames())
