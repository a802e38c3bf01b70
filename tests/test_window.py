import os
import shutil
import subprocess
import sys

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


def test_window_shows_and_q_quits(display):
    environment = os.environ | {"DISPLAY": display}
    process = subprocess.Popen(
        command("--view", "auto"),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    search = ["xdotool", "search", "--sync", "--name", "^edge-digits$"]
    found = subprocess.run(
        search, env=environment, capture_output=True, text=True, timeout=30, check=True
    )
    window = found.stdout.split()[0]
    for _ in range(20):
        press = ["xdotool", "windowfocus", window, "key", "q"]
        subprocess.run(press, env=environment, check=False, capture_output=True)
        try:
            process.wait(timeout=0.5)
            break
        except subprocess.TimeoutExpired:
            continue
    out, _ = process.communicate(timeout=10)
    assert process.returncode == 0
    assert out == ""  # nothing but the window


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
