import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from places import ROOT
from waiting import wait_until


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


@contextmanager
def x_server(size):
    """A real X server whose screen of that size nobody sees."""
    reader, writer = os.pipe()
    # Without a client it would start anew, and end whoever connects meanwhile: the
    # program looks whether there is a screen, and xdotool whether there is a window.
    server = subprocess.Popen(
        ["Xvfb", "-noreset", "-displayfd", str(writer), "-screen", "0", f"{size}x24"],
        pass_fds=[writer],
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    with os.fdopen(reader) as numbers:
        yield f":{numbers.readline().strip()}"
    server.terminate()
    server.wait()


@pytest.fixture
def display():
    with x_server("1024x768") as display:
        yield display


def command(*options):
    return [sys.executable, "-m", "edge_app", "run", *map(str, options)]


@contextmanager
def shown(display, folder, *options):
    """The running program, and a function that presses keys in its window."""
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {
        "DISPLAY": display,
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
    }
    process = subprocess.Popen(
        command(*options),
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    # Not --sync: a window of another process that goes meanwhile ends the search.
    search = ["xdotool", "search", "--name", "^edge-digits$"]

    def found():
        assert process.poll() is None, process.communicate()[1]
        done = subprocess.run(search, env=environment, capture_output=True, text=True)
        return done.stdout.split()

    try:
        name = wait_until(found, 60)[0]
    except AssertionError:
        process.kill()
        raise

    def press(key, until=lambda: True):
        for _ in range(20):
            keys = ["xdotool", "windowfocus", name, "key", key]
            subprocess.run(keys, env=environment, check=False, capture_output=True)
            time.sleep(0.5)
            if until():
                return
        raise AssertionError(f"{key} did nothing")

    try:
        yield process, press
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def window(display, tmp_path):
    """The demo scene in a window."""
    with shown(display, tmp_path, "--source", "demo", "--view", "auto") as window:
        yield window


def quits(process, press):
    press("q", lambda: process.poll() is not None)
    assert process.returncode == 0


def test_window_shows_and_q_quits(window):
    process, press = window
    quits(process, press)
    out, _ = process.communicate(timeout=60)
    assert out == ""  # nothing but the window


def test_window_saves_what_it_shows(window, tmp_path):
    import cv2

    process, press = window
    press("p")
    press("d")
    press("s", lambda: list(tmp_path.glob("edge-digits-*-read.png")))
    drawn = next(tmp_path.glob("edge-digits-*-read.png"))
    clean = drawn.with_name(drawn.name.replace("-read", ""))
    assert re.fullmatch(r"edge-digits-\d{8}-\d{6}-\d{3}\.png", clean.name)
    pictures = [cv2.imread(str(path)) for path in (clean, drawn)]
    assert [picture.shape for picture in pictures] == [(480, 640, 3)] * 2
    assert (pictures[0] != pictures[1]).any()
    press("Escape", lambda: process.poll() is not None)


def test_pictures_stay_and_are_stepped_through(display, tmp_path):
    import cv2

    from edge_app.sources.demo.demo_scene import Scene

    folder = tmp_path / "pages"
    folder.mkdir()
    for seed in (1, 2):
        cv2.imwrite(str(folder / f"p{seed}.png"), Scene(seed=seed).frame(0.0)[0])
    kept = tmp_path / "kept.jsonl"
    options = ["--source", folder, "--view", "window", "--jsonl", kept]

    def saves_the_second():
        """Whether that is saved, which may not be shown at once."""
        saved = map(str, tmp_path.glob("edge-digits-*[0-9].png"))
        second = cv2.imread(str(folder / "p2.png"))
        return any((cv2.imread(name) == second).all() for name in saved)

    with shown(display, tmp_path, *options) as (process, press):
        time.sleep(1)
        assert process.poll() is None  # it stays
        press("n", lambda: "p2.png" in kept.read_text())
        press("b")
        press("p")
        press("n")  # and shows it
        press("s", saves_the_second)
        quits(process, press)
    assert kept.read_text().count("\n") == 2  # each once


def test_a_clip_stays_after_its_end(display, tmp_path):
    import cv2

    from edge_app.sources.demo.demo_scene import Scene

    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (640, 480))
    for n in range(5):
        writer.write(Scene(seed=1).frame(n / 10)[0])
    writer.release()
    with shown(display, tmp_path, "--source", path) as (process, press):
        assert "ended; shown until you quit" in process.stderr.readline()
        press("s", lambda: list(tmp_path.glob("edge-digits-*.png")))
        quits(process, press)


def test_a_camera_that_is_away_is_waited_for(display, tmp_path):
    url = "http://127.0.0.1:9/video"
    with shown(display, tmp_path, "--source", url) as (process, press):
        assert "does not answer" in process.stderr.readline()
        quits(process, press)


def test_window_fits_on_a_small_screen(scene_png, tmp_path):
    """A Raspberry Pi's Touch Display and a photograph larger than it."""
    import cv2

    photo = tmp_path / "photo.png"
    cv2.imwrite(str(photo), cv2.resize(cv2.imread(str(scene_png)), (1280, 960)))
    with (
        x_server("800x480") as display,
        shown(display, tmp_path, "--source", photo, "--view", "window"),
    ):

        def size():
            search = ["xdotool", "search", "--name", "^edge-digits$"]
            search += ["getwindowgeometry", "--shell"]
            environment = os.environ | {"DISPLAY": display}
            done = subprocess.run(
                search, env=environment, capture_output=True, text=True
            )
            size_of = dict(re.findall(r"(WIDTH|HEIGHT)=(\d+)", done.stdout))
            return tuple(int(size_of.get(size, 0)) for size in ("WIDTH", "HEIGHT"))

        # 960 rows in 480, less what a title and a panel take.
        wait_until(lambda: size() == (533, 400))


def test_screen_that_does_not_answer():
    done = subprocess.run(
        command("--source", "demo", "--view", "window"),
        env=os.environ | {"DISPLAY": ":97"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "the screen does not answer" in done.stderr
