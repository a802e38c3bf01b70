"""A camera of the kernel's own: modprobe vivid n_devs=1 node_types=0x1, as root."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from waiting import wait_until

from edge_app.__main__ import main
from edge_app.sources import CameraOptions, open_source
from edge_app.sources.cameras.devices import device_names, find_device
from edge_app.sources.newest import Newest

DRIVER = Path("/sys/bus/platform/drivers/vivid")
pytestmark = pytest.mark.skipif(
    find_device("vivid") is None,
    reason="needs a kernel with the test camera: modprobe vivid",
)
LIMIT_S = 300.0  # emulated machines, which have such kernels, are slow


@pytest.fixture
def device():
    return find_device("vivid")


@pytest.mark.parametrize("named_by", ["index", "path", "name"])
def test_camera_by_index_path_and_name(device, named_by):
    number = device.removeprefix("/dev/video")
    name = {"index": number, "path": device, "name": "VIVID"}[named_by]
    options = CameraOptions(size_wh=(320, 180), fps=15, fourcc="YUYV")
    opened_s = time.monotonic()
    source = open_source(name, options)
    frame = next(source.frames())
    assert frame.image.shape == (180, 320, 3)
    assert opened_s <= frame.time_s <= time.monotonic()
    source.close()


def test_what_the_driver_does_not_do_is_said(device, caplog):
    options = CameraOptions(size_wh=(333, 222), fourcc="MJPG", exposure_ms=5, focus=3)
    open_source(device, options).close()
    assert "instead of 333x222" in caplog.text
    assert "instead of MJPG" in caplog.text
    assert "exposure cannot be set" in caplog.text
    assert "focus cannot be set" in caplog.text


def test_cameras_lists_its_modes(device, capsys):
    assert main(["cameras"]) == 0
    out = capsys.readouterr().out
    assert f"{device}  {device_names()[device]}" in out
    assert "--fourcc YUYV --size 640x360" in out


def test_auto_finds_it(capsys):
    assert main(["run", "--view", "json", "--max-frames", "1"]) == 0
    out, err = capsys.readouterr()
    assert '"source": "/dev/video' in out
    assert err == ""


@pytest.mark.skipif(not os.access(DRIVER, os.W_OK), reason="needs root")
def test_unplugged_and_plugged_in_again(device):
    options = CameraOptions(size_wh=(320, 180), fps=15)
    newest = Newest(open_source(device, options), lambda: open_source(device, options))
    frames = newest.frames()

    def gets_frame():
        return next(frames) is not None

    def has_fault():
        next(frames)
        return newest.fault is not None

    wait_until(gets_frame, LIMIT_S)
    (DRIVER / "unbind").write_text("vivid.0")
    try:
        wait_until(has_fault, LIMIT_S)
    finally:
        (DRIVER / "bind").write_text("vivid.0")
    wait_until(lambda: gets_frame() and newest.fault is None, LIMIT_S)
    newest.close()


def test_second_program_is_told_that_it_is_in_use(device):
    options = ["--source", device, "--view", "json"]
    first = subprocess.Popen(
        [sys.executable, "-m", "edge_app", "run", *options], stdout=subprocess.PIPE
    )
    first.stdout.readline()
    second = subprocess.run(
        [sys.executable, "-m", "edge_app", "run", *options],
        capture_output=True,
        text=True,
    )
    first.terminate()
    first.communicate()
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert "is another program using it" in second.stderr
