import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest


def _why_not():
    if sys.platform != "linux":
        return "Xvfb is needed"
    for program in ("Xvfb", "xdotool"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    import cv2

    if "headless" in str(cv2.getBuildInformation()) or not hasattr(cv2, "imshow"):
        return "opencv-python-headless has no windows"
    if not any(
        "GUI:" in line and "NONE" not in line
        for line in cv2.getBuildInformation().splitlines()
    ):
        return "this OpenCV has no windows"
    return None


ROOT = Path(__file__).parents[1]
reason = _why_not()
pytestmark = pytest.mark.skipif(reason is not None, reason=str(reason))


@pytest.fixture
def display():
    """A real X server without a screen."""
    reader, writer = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1024x768x24"],
        pass_fds=[writer],
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    with os.fdopen(reader) as numbers:
        yield f":{numbers.readline().strip()}"
    server.terminate()
    server.wait()


def command(*options):
    return [sys.executable, "-m", "edge_app", "run", "--source", "demo", *options]


@pytest.fixture
def window(display, tmp_path):
    """The running program, and a function that presses keys in its window."""
    environment = os.environ | {"DISPLAY": display, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        command("--view", "auto"),
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    search = ["xdotool", "search", "--sync", "--name", "^edge-digits$"]
    found = subprocess.run(
        search, env=environment, capture_output=True, text=True, timeout=30, check=True
    )
    name = found.stdout.split()[0]

    def press(key, until):
        for _ in range(20):
            keys = ["xdotool", "windowfocus", name, "key", key]
            subprocess.run(keys, env=environment, check=False, capture_output=True)
            time.sleep(0.5)
            if until():
                return
        raise AssertionError(f"{key} did nothing")

    yield process, press
    process.kill()
    process.communicate()


def test_window_shows_and_q_quits(window):
    process, press = window
    press("q", lambda: process.poll() is not None)
    out, _ = process.communicate(timeout=10)
    assert process.returncode == 0
    assert out == ""  # nothing but the window


def test_window_saves_what_it_shows(window, tmp_path):
    import cv2

    process, press = window
    press("p", lambda: True)
    press("d", lambda: True)
    press("s", lambda: list(tmp_path.glob("edge-digits-*.png")))
    picture = cv2.imread(str(next(tmp_path.glob("edge-digits-*.png"))))
    assert picture.shape == (480, 640, 3)
    press("Escape", lambda: process.poll() is not None)


def test_screen_that_does_not_answer():
    done = subprocess.run(
        command("--view", "window"),
        env=os.environ | {"DISPLAY": ":97"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "the screen does not answer" in done.stderr
