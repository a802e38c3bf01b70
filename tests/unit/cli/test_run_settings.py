"""What `run` is told, as frozen dataclasses."""

import subprocess
import sys

import pytest

from edge_app.cli.run_settings import CameraOptions, SinkSettings
from edge_app.common.errors import CameraError

pytestmark = pytest.mark.device


def test_options_of_cameras_are_named_as_they_are_typed():
    assert CameraOptions().given() == []
    every = CameraOptions((64, 48), 12.5, "MJPG", exposure_ms=4, focus=0.0)
    assert every.given() == ["size", "fps", "fourcc", "exposure", "focus"]
    assert CameraOptions(interval_s=2).given() == []  # is of pictures at a URL


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"size_wh": "x"}, "size_wh: two integers expected, a width .* got 'x'"),
        ({"size_wh": (640, 0)}, r"a width and a height above 0, got \(640, 0\)"),
        ({"size_wh": (640.0, 480)}, "size_wh: two integers expected"),
        ({"size_wh": (20000, 1)}, "size_wh: at most 16384 pixels a side and 64 megap"),
        ({"size_wh": (16000, 16000)}, "64 megapixels expected, got"),
        ({"fps": -1}, "fps: a number above 0 expected, got -1"),
        ({"fps": "15"}, "fps: a number above 0 expected, got '15'"),
        ({"fps": True}, "fps: a number above 0 expected, got True"),
        ({"fourcc": "MJPEG"}, "four letters such as MJPG or YUYV expected, got 'MJPEG"),
        ({"fourcc": 5}, "fourcc: four letters such as .* got 5"),
        ({"exposure_ms": 0}, "exposure_ms: a number above 0 expected, got 0"),
        ({"focus": float("nan")}, "focus: a finite number expected, got nan"),
        (
            {"interval_s": float("inf")},
            "interval_s: a number above 0 expected, got inf",
        ),
    ],
)
def test_a_setting_that_no_camera_has_is_told_at_once(wrong, message):
    with pytest.raises(ValueError, match=message):
        CameraOptions(**wrong)


def test_who_is_no_camera_refuses_the_first_of_them():
    CameraOptions(interval_s=2).refuse("clip.mp4")
    message = "^clip.mp4: --fps is for cameras; leave it out here$"
    with pytest.raises(CameraError, match=message):
        CameraOptions(fps=5, focus=3).refuse("clip.mp4")


@pytest.mark.parametrize(
    ("view", "kept", "is_shown", "is_kept"),
    [
        ("window", {}, True, False),
        ("web", {}, True, False),
        ("text", {}, False, False),
        ("auto", {}, False, False),
        ("json", {}, False, True),  # is left to another program
        ("none", {}, False, True),
        ("web", {"mqtt": "mqtt://broker"}, True, True),
        ("text", {"mqtt": None, "mqtt_ca": None, "record_mb": 500}, False, False),
    ],
)
def test_whether_somebody_looks_and_whether_anything_stays(
    view, kept, is_shown, is_kept
):
    settings = SinkSettings(view=view, kept=kept)
    assert (settings.is_shown, settings.is_kept) == (is_shown, is_kept)


def test_the_page_is_this_machines_alone_unless_told_otherwise():
    settings = SinkSettings()
    assert (settings.host, settings.token, settings.corrections) == (
        "127.0.0.1",
        None,
        None,
    )


def test_the_parser_needs_no_opencv():
    program = "import sys, edge_app.cli.run_options; print('cv2' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
