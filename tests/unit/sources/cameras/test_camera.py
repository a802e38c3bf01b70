"""Cameras as OpenCV opens them; `test_camera_device` has a kernel's own."""

import itertools
import sys

import cv2
import numpy as np
import pytest
from clocks import Clock

from edge_app.common.errors import CameraError
from edge_app.sources import CameraOptions
from edge_app.sources.cameras import camera
from edge_app.sources.cameras.camera import Camera

pytestmark = [
    pytest.mark.device,
    pytest.mark.skipif(sys.platform != "linux", reason="video devices of Linux"),
]

PICTURE = np.full((48, 64, 3), 90, np.uint8)
EMPTY = np.empty((0, 0, 3), np.uint8)
DAMAGED = object()  # which OpenCV cannot decode
NO_OPTIONS = CameraOptions()


class Driver:
    """A camera as OpenCV gives it, which has one mode and knows no focus.

    Attributes:
        pictures: What it gives next; at their end, it is unplugged.
        asked: The settings that it was asked for, in order.
        stamp_s: When the frame was captured, by its clock.
    """

    def __init__(self, clock):
        self.clock = clock
        self.pictures = iter([PICTURE])
        self.asked = []
        self.stamp_s = 0.0
        self.is_open = True

    def __call__(self, _path, _backend):
        return self

    def isOpened(self):
        return self.is_open

    def set(self, prop, value):
        self.asked.append((prop, value))
        return prop != cv2.CAP_PROP_FOCUS

    def get(self, prop):
        return {
            cv2.CAP_PROP_FRAME_WIDTH: 64.0,
            cv2.CAP_PROP_FRAME_HEIGHT: 48.0,
            cv2.CAP_PROP_FOURCC: float(cv2.VideoWriter.fourcc(*"YUYV")),
            cv2.CAP_PROP_FPS: 15.0,
            cv2.CAP_PROP_POS_MSEC: 1000 * self.stamp_s,
        }[prop]

    def grab(self):
        self.clock.sleep(0.5)
        self.picture = next(self.pictures, None)
        return self.picture is not None

    def retrieve(self):
        return (False, None) if self.picture is DAMAGED else (True, self.picture)

    def read(self):
        return self.grab(), self.picture

    def release(self):
        self.is_open = False


@pytest.fixture
def driver(monkeypatch):
    clock = Clock()
    driver = Driver(clock)
    monkeypatch.setattr(camera, "time", clock)
    monkeypatch.setattr(camera.cv2, "VideoCapture", driver)
    return driver


def opened(options=NO_OPTIONS):
    return Camera("/dev/null", options)  # a device that is there


@pytest.mark.parametrize("name", ["97", "097", "/dev/video97"])
def test_a_camera_that_is_not_there(name, capfd):
    with pytest.raises(CameraError) as caught:
        camera.opened(name, NO_OPTIONS)
    message = f"camera {name}: there is no /dev/video97; "
    assert str(caught.value).startswith(message)
    assert capfd.readouterr() == ("", "")


def test_a_device_that_is_no_camera(capfd):
    with pytest.raises(CameraError, match="/dev/null: cannot be opened or gives"):
        opened()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "name", ["demo", "-1", "0.5", "/dev/", "/dev/my cam", "a/dev/"]
)
def test_other_names_are_left_to_other_sources(name):
    assert camera.opened(name, NO_OPTIONS) is None


def test_no_camera_is_called_that():
    assert camera.opened_by_name("a camera that nobody makes", NO_OPTIONS) is None


def test_the_format_is_asked_for_before_what_depends_on_it(driver, caplog):
    opened(CameraOptions((64, 48), fps=15, fourcc="YUYV", exposure_ms=4.56))
    assert driver.asked == [
        (cv2.CAP_PROP_BUFFERSIZE, 1),
        (cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"YUYV")),
        (cv2.CAP_PROP_FRAME_WIDTH, 64),
        (cv2.CAP_PROP_FRAME_HEIGHT, 48),
        (cv2.CAP_PROP_FPS, 15),
        (cv2.CAP_PROP_AUTO_EXPOSURE, 1),
        (cv2.CAP_PROP_EXPOSURE, 46),  # in steps of 100 us
    ]
    assert caplog.text == ""


def test_what_it_does_instead_is_said(driver, caplog):
    opened(CameraOptions((640, 480), fps=30, fourcc="MJPG", focus=3))
    assert caplog.messages == [
        "camera /dev/null: its focus cannot be set",
        "camera /dev/null: gives 64x48 instead of 640x480",
        "camera /dev/null: gives YUYV instead of MJPG",
        "camera /dev/null: gives 15 frames/s instead of 30",
    ]


def test_a_camera_without_a_picture_is_given_back(driver):
    driver.pictures = iter([])
    with pytest.raises(CameraError, match="is another program using it"):
        opened()
    assert not driver.is_open


def test_damaged_frames_are_left_out(driver):
    driver.pictures = iter([PICTURE, PICTURE, DAMAGED, EMPTY, PICTURE + 9])
    source = opened()
    frames = source.frames()
    assert [frame.image[0, 0, 0] for frame in itertools.islice(frames, 2)] == [90, 99]
    with pytest.raises(CameraError, match="camera /dev/null: stopped delivering pict"):
        next(frames)
    source.close()
    assert not driver.is_open


def test_nothing_but_damaged_frames_is_a_fault(driver):
    # One in 3 s is enough.
    few = [*(5 * [DAMAGED]), PICTURE]
    driver.pictures = itertools.chain([PICTURE], few, few, itertools.repeat(DAMAGED))
    frames = opened().frames()
    assert len(list(itertools.islice(frames, 2))) == 2
    with pytest.raises(CameraError, match="camera /dev/null: gives only damaged pict"):
        next(frames)


@pytest.mark.parametrize(
    ("age_s", "is_believed"),
    [(0.0, True), (0.3, True), (1.9, True), (2.5, False), (900.0, False), (-1, False)],
)
def test_the_drivers_stamp_is_taken_where_it_is_of_our_clock(
    driver, age_s, is_believed
):
    driver.pictures = itertools.repeat(PICTURE)
    frames = opened().frames()
    grabbed_s = driver.clock.now_s + 0.5
    driver.stamp_s = grabbed_s - age_s
    expected_s = driver.stamp_s if is_believed else grabbed_s
    assert next(frames).time_s == pytest.approx(expected_s)
