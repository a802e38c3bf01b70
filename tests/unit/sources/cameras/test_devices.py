"""Which cameras there are, and what they can do."""

import sys

import pytest

if sys.platform != "linux":
    pytest.skip("video devices of Linux", allow_module_level=True)

from edge_app.sources.cameras import devices

pytestmark = pytest.mark.device

NAMES = {
    "/dev/video0": "bcm2835-isp",
    "/dev/video2": "HD Webcam",
    "/dev/video10": "unicam",
    "/dev/video12": "USB Camera",
}


def test_modes_and_ranges_are_listed(driver, path):
    found = devices._described(path, "HD Webcam")
    assert [mode.size for mode in found.modes] == ["640x480", "1280x720"]
    assert {mode.fourcc for mode in found.modes} == {"MJPG"}
    assert found.modes[0].fps == (30.0, 15.0)
    assert found.settings == ("--exposure 0.3 to 204.7 ms", "--focus 0 to 250")


def test_a_device_that_cannot_be_opened_says_why(tmp_path):
    found = devices._described(str(tmp_path / "none"), "HD Webcam")
    assert found.name == "HD Webcam (No such file or directory)"


def test_parts_of_a_raspberry_pi_s_chip_are_no_cameras(monkeypatch):
    monkeypatch.setattr(devices, "device_names", lambda: NAMES)
    assert devices.likely_cameras() == ["/dev/video2", "/dev/video12"]


def test_a_part_of_its_name_finds_a_camera(monkeypatch):
    monkeypatch.setattr(devices, "device_names", lambda: NAMES)
    assert devices.find_device("webCAM") == "/dev/video2"
    assert devices.find_device("camera") == "/dev/video12"
    assert devices.find_device("scanner") is None


def test_which_cameras_there_are_is_said_or_what_to_do_without(monkeypatch):
    monkeypatch.setattr(devices, "device_names", lambda: NAMES)
    listed = "video devices here: /dev/video0, /dev/video2, /dev/video10, /dev/video12"
    assert devices.cameras_here() == listed
    monkeypatch.setattr(devices, "device_names", dict)
    assert devices.cameras_here() == "connect a camera, or try --source demo"


def test_where_the_kernel_knows_no_video_device_there_is_none(monkeypatch, tmp_path):
    monkeypatch.setattr(devices, "_SYS", tmp_path / "video4linux")
    assert devices.device_names() == {}
    (tmp_path / "video4linux" / "video9999").mkdir(parents=True)
    assert devices.device_names() == {}  # it has no file in /dev
