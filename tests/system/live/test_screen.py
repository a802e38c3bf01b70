import shutil
import subprocess
import sys

import numpy as np
import pytest

from edge_app.sinks.window import lettering, screen, window_sink

if sys.platform != "linux":
    pytest.skip("screens are X servers here", allow_module_level=True)


@pytest.fixture
def small_screen(monkeypatch):
    """A real X server with the screen of a Raspberry Pi's Touch Display."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed")
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "800x480x24"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    monkeypatch.setenv("DISPLAY", f":{server.stdout.readline().strip()}")
    yield
    server.terminate()
    server.communicate()


def test_room_on_a_small_screen(small_screen):
    width, height = screen.room_wh()
    assert 700 <= width < 800
    assert 380 <= height < 480


@pytest.mark.parametrize("display", ["", ":97"])
def test_no_screen_that_answers(monkeypatch, display):
    monkeypatch.setenv("DISPLAY", display)
    assert screen.room_wh() is None


@pytest.mark.parametrize(
    ("size_wh", "room_wh", "expected"),
    [
        ((1280, 720), (784, 400), (711, 400)),
        ((640, 480), (784, 400), (533, 400)),
        ((640, 480), (1900, 1000), (640, 480)),
        ((4000, 10), (784, 400), (784, 1)),
        ((640, 480), None, (640, 480)),
    ],
)
def test_pictures_fit(size_wh, room_wh, expected):
    picture = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    assert screen.fitted(picture, room_wh).shape[1::-1] == expected


@pytest.mark.parametrize(("width", "num_lines"), [(640, 1), (304, 2), (144, 4)])
def test_keys_are_told_in_a_narrow_picture(width, num_lines):
    keys = window_sink.KEYS
    lines = lettering.in_lines(keys, width)
    assert "   ".join(lines) == keys
    assert all(lettering.width_of(line) <= width for line in lines)
    assert len(lines) == num_lines


def test_what_is_written_below_stands_within_the_picture():
    picture = np.zeros((120, 160, 3), np.uint8)
    lettering.write_below(picture, "read in 5 ms", window_sink.KEYS)
    rows, columns = picture.any(axis=2).nonzero()
    assert 0 < rows.min() < 40  # five lines
    assert rows.max() < 120
    assert 0 < columns.min() < 10
    assert columns.max() < 159  # cut off at no side
