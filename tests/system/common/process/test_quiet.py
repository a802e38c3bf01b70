import os
import subprocess
import sys
import threading

import cv2
import pytest

from edge_app.common.process.quiet import our_process, quiet, quiet_start
from edge_app.sources.demo.demo_scene import Scene

pytestmark = pytest.mark.device


def test_nothing_is_seen(capfd):
    sys.stdout.write("before\n")
    with quiet():
        sys.stdout.write("python\n")
        os.write(1, b"stdout\n")
        os.write(2, b"stderr\n")
    sys.stdout.write("after\n")
    assert capfd.readouterr() == ("before\nafter\n", "")


def test_shown_if_the_block_fails(capfd):
    def fail():
        with quiet(show_if_failed=True):
            os.write(1, b"why it failed\n")
            raise RuntimeError("failed")

    with pytest.raises(RuntimeError, match="failed"):
        fail()
    assert capfd.readouterr().err == "why it failed\n"


@pytest.mark.skipif(sys.platform == "win32", reason="closes descriptors in a shell")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams(closed):
    program = "from edge_app.common.process.quiet import quiet\nwith quiet(): pass"
    command = f"{sys.executable} -c '{program}' {closed}"
    assert subprocess.run(command, shell=True, check=False).returncode == 0


def test_blocks_that_overlap_in_threads_give_the_streams_back(capfd):
    """The one that began first ends first."""
    begun, ended = threading.Event(), threading.Event()

    def second():
        with quiet():
            begun.set()
            assert ended.wait(60)

    out, err = sys.stdout, sys.stderr
    thread = threading.Thread(target=second)
    with quiet():
        thread.start()
        assert begun.wait(60)
    os.write(1, b"still hidden\n")
    ended.set()
    thread.join()
    assert (sys.stdout, sys.stderr) == (out, err)
    os.write(1, b"seen\n")
    sys.stderr.write("seen, too\n")
    assert capfd.readouterr() == ("seen\n", "seen, too\n")


def test_descriptors_of_another_process_are_left_alone(capfd):
    with quiet_start():
        os.write(2, b"seen\n")
    with our_process(), quiet_start():
        os.write(2, b"announced by a library\n")
        os.write(1, b"a number\n")
    with quiet_start():
        os.write(2, b"seen again\n")
    assert capfd.readouterr() == ("a number\n", "seen\nseen again\n")


LIBRARY = """
import os, sys, threading, warnings
from pathlib import Path
from edge_app.model import classify
from edge_app.common.errors import ImageError
from edge_app.sources.pictures.images import read_image
warnings.simplefilter("error")  # as strict as a host program may be
at_start = [os.fstat(each) for each in (0, 1, 2)]
streams = sys.stdout, sys.stderr
out_of_place = []

def read():
    for _ in range(20):
        for path in sys.argv[1:]:
            try:
                read_image(Path(path))
            except ImageError:
                pass
            now = [os.fstat(each) for each in (0, 1, 2)]
            if [each.st_ino for each in now] != [each.st_ino for each in at_start]:
                out_of_place.append(path)

threads = [threading.Thread(target=read) for _ in range(8)]
for each in threads:
    each.start()
classify.load()
for each in threads:
    each.join()
assert streams == (sys.stdout, sys.stderr)
assert not out_of_place, out_of_place[:3]
print("still here", flush=True)
"""


def test_reading_in_threads_of_another_program(tmp_path):
    whole, torn = tmp_path / "whole.png", tmp_path / "torn.png"
    # Small: what counts is how often the streams might be changed.
    cv2.imwrite(str(whole), Scene(seed=1, size_wh=(160, 120)).frame(0.0)[0])
    torn.write_bytes(whole.read_bytes()[:3000])
    done = subprocess.run(
        [sys.executable, "-c", LIBRARY, str(whole), str(torn)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "still here\n"
    # LiteRT's own announcement cannot be kept from a process that is not ours.
    assert [line for line in done.stderr.splitlines() if "XNNPACK" not in line] == []


def test_our_commands_print_nothing_but_their_own(scene_png):
    done = subprocess.run(
        [sys.executable, "-m", "edge_app", "read", str(scene_png)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(str(scene_png))
    assert done.stderr == ""
