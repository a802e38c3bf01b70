import shutil
import subprocess
import sys

import numpy as np
import pytest

from edge_app.sinks.window import screen

if sys.platform != "linux":
    pytest.skip("screens are X servers here", allow_module_level=True)


@pytest.fixture
def small_screen(monkeypatch):
    """A real X server with the screen of a Raspberry Pi's Touch Display."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed")
    server = subprocess.Popen(
        ["Xvfb", "-noreset", "-displayfd", "1", "-screen", "0", "800x480x24"],
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
