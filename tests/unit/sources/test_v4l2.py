"""Video devices of Linux: what the kernel is asked, and a device that answers so."""

import errno
import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("video devices of Linux", allow_module_level=True)

from edge_app.sources.cameras import devices, v4l2
from edge_app.sources.cameras.adjusting import Adjusting
from edge_app.sources.source import Adjustment

pytestmark = pytest.mark.device

NAMES = {
    "VIDIOC_ENUM_FMT": v4l2.request(v4l2.FORMAT),
    "VIDIOC_ENUM_FRAMESIZES": v4l2.request(v4l2.SIZE),
    "VIDIOC_ENUM_FRAMEINTERVALS": v4l2.request(v4l2.RATE),
    "VIDIOC_QUERYCTRL": v4l2.request(v4l2.QUERY),
    "VIDIOC_G_CTRL": v4l2.request(v4l2.GET),
    "VIDIOC_S_CTRL": v4l2.request(v4l2.SET),
    "V4L2_CID_EXPOSURE_AUTO": v4l2.EXPOSURE_AUTO,
    "V4L2_CID_EXPOSURE_ABSOLUTE": v4l2.EXPOSURE,
    "V4L2_CID_FOCUS_ABSOLUTE": v4l2.FOCUS,
    "V4L2_CID_FOCUS_AUTO": v4l2.FOCUS_AUTO,
    "V4L2_EXPOSURE_MANUAL": v4l2.MANUAL_EXPOSURE,
    "V4L2_BUF_TYPE_VIDEO_CAPTURE": v4l2.CAPTURE,
}


def test_numbers_are_those_of_the_kernels_header(tmp_path):
    compiler = shutil.which("cc")
    if compiler is None or not Path("/usr/include/linux/videodev2.h").exists():
        pytest.skip("a C compiler and the kernel's headers")
    prints = "".join(f'printf("%lu\\n", (unsigned long){name});' for name in NAMES)
    source = tmp_path / "numbers.c"
    source.write_text(
        "#include <stdio.h>\n#include <linux/videodev2.h>\n"
        f"int main(void) {{ {prints} return 0; }}\n"
    )
    subprocess.run([compiler, "-o", tmp_path / "numbers", source], check=True)
    out = subprocess.run([tmp_path / "numbers"], check=True, capture_output=True)
    assert dict(zip(NAMES, map(int, out.stdout.split()), strict=True)) == NAMES


class Driver:
    """Answers as a webcam's does, of which there is none where tests run."""

    def __init__(self):
        self.values = {v4l2.EXPOSURE_AUTO: 3, v4l2.EXPOSURE: 157}
        self.values |= {v4l2.FOCUS_AUTO: 1, v4l2.FOCUS: 30}
        self.ranges = {
            v4l2.EXPOSURE: (3, 2047, 1),
            v4l2.FOCUS: (0, 250, 5),
            v4l2.FOCUS_AUTO: (0, 1, 1),
        }

    def ioctl(self, _device, number, content):
        for what, answer in (
            (v4l2.FORMAT, self.format),
            (v4l2.SIZE, self.size),
            (v4l2.RATE, self.rate),
            (v4l2.QUERY, self.query),
            (v4l2.GET, self.get),
            (v4l2.SET, self.set),
        ):
            if v4l2.request(what) == number:
                layout = what[0]
                found = answer(*layout.unpack(content))
                if found is None:
                    raise OSError(errno.EINVAL, "Invalid argument")
                if isinstance(content, bytearray):
                    content[:] = layout.pack(*found)
                return 0
        raise OSError(errno.ENOTTY, "Inappropriate ioctl for device")

    def format(self, index, kind, *_):
        fourcc = int.from_bytes(b"MJPG", "little")
        return None if index else (0, kind, 1, b"Motion-JPEG", fourcc, 0, 0, 0, 0)

    def size(self, index, pixels, *_):
        sizes = [(640, 480), (1280, 720)]
        if index >= len(sizes):
            return None
        return (index, pixels, 1, *sizes[index], 0, 0, 0, 0, 0, 0)

    def rate(self, index, pixels, width, height, *_):
        seconds = [(1, 30), (1, 15)]
        if index >= len(seconds):
            return None
        return (index, pixels, width, height, 1, *seconds[index], 0, 0, 0, 0, 0, 0)

    def query(self, identity, *_):
        if identity not in self.ranges:
            return None
        return (identity, 1, b"Name", *self.ranges[identity], 0, 0, 0, 0)

    def get(self, identity, _):
        return (identity, self.values[identity]) if identity in self.values else None

    def set(self, identity, value):
        least, most, _ = self.ranges.get(identity, (0, 3, 1))
        if identity not in self.values or not least <= value <= most:
            return None
        if (identity, value) == (v4l2.EXPOSURE_AUTO, 0):
            return None  # a webcam has aperture priority alone
        self.values[identity] = value
        return identity, value


@pytest.fixture
def driver(monkeypatch):
    found = Driver()
    monkeypatch.setattr(fcntl, "ioctl", found.ioctl)
    return found


@pytest.fixture
def path(tmp_path):
    """Something that can be opened in the device's place."""
    path = tmp_path / "video0"
    path.touch()
    return str(path)


def test_modes_and_ranges_are_listed(driver, path):
    found = devices._described(path, "HD Webcam")
    assert [mode.size for mode in found.modes] == ["640x480", "1280x720"]
    assert {mode.fourcc for mode in found.modes} == {"MJPG"}
    assert found.modes[0].fps == (30.0, 15.0)
    assert found.settings == ("--exposure 0.3 to 204.7 ms", "--focus 0 to 250")


def test_a_device_that_cannot_be_opened_says_why(tmp_path):
    found = devices._described(str(tmp_path / "none"), "HD Webcam")
    assert found.name == "HD Webcam (No such file or directory)"


def test_exposure_and_focus_are_set_and_left_to_the_camera(driver, path):
    camera = Adjusting(path)
    assert camera.adjustments() == [
        Adjustment("exposure", 0.3, 204.7, 0.1, 15.7, is_automatic=True),
        Adjustment("focus", 0.0, 250.0, 5.0, 30.0, is_automatic=True),
    ]
    camera.adjust("exposure", 8.0)
    camera.adjust("focus", 55)
    exposure, focus = camera.adjustments()
    assert (exposure.value, exposure.is_automatic) == (8.0, False)
    assert (focus.value, focus.is_automatic) == (55.0, False)
    for control in ("exposure", "focus"):
        camera.adjust(control, None)
    assert all(adjustment.is_automatic for adjustment in camera.adjustments())
    with pytest.raises(OSError, match="Invalid"):
        camera.adjust("exposure", 1000.0)


def test_a_camera_without_them_has_nothing_to_adjust(driver, path, tmp_path):
    driver.values.clear()
    driver.ranges.clear()
    assert Adjusting(path).adjustments() == []
    assert Adjusting(str(tmp_path / "away")).adjustments() == []
