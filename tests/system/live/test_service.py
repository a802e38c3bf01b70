import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import cv2
import pytest
from places import ROOT
from prints import page_of_print

pytestmark = pytest.mark.skipif(
    not hasattr(socket, "AF_UNIX") or sys.platform == "win32", reason="Unix sockets"
)
HUNG_S = 60.0  # after which it is taken for one that never ends
UNIT = ROOT / "docs" / "edge-digits.service"


@pytest.fixture
def manager(tmp_path):
    """What systemd listens at."""
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(path))
        listener.settimeout(HUNG_S)
        yield listener


@contextmanager
def service(manager, *options, watchdog_s=1):
    """The program as a service."""
    variables = {
        "NOTIFY_SOCKET": manager.getsockname(),
        "WATCHDOG_USEC": str(watchdog_s * 1_000_000),
        "EDGE_DIGITS_VIEW": "none",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "edge_app", "run", *map(str, options)],
        env=os.environ | variables,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def messages_up_to(manager, until, limit_s=HUNG_S):
    """Messages up to one that `until` matches."""
    messages = []
    ends = time.monotonic() + limit_s
    while time.monotonic() < ends:
        messages.append(manager.recv(4096).decode())
        if until in messages[-1]:
            return messages
    raise AssertionError(messages)


def test_service_manager_is_told_of_everything(manager):
    with service(manager, "--source", "demo") as process:
        messages = messages_up_to(manager, "WATCHDOG=1")
        assert messages[0] == "READY=1"
        assert "STATUS=reading demo" in messages
        messages_up_to(manager, "WATCHDOG=1")
        process.send_signal(signal.SIGTERM)
        messages_up_to(manager, "STOPPING=1")
        assert process.wait(HUNG_S) == 0


def test_a_slow_frame_holds_up_neither_signs_of_life_nor_the_end(manager, tmp_path):
    cv2.imwrite(str(tmp_path / "page.png"), page_of_print(4000, 3000))
    options = ["--source", tmp_path / "page.png", "--view", "json"]
    with service(manager, *options, watchdog_s=4) as process:
        messages_up_to(manager, "READY=1")
        # Of many seconds that it takes, so many at least that each has a sign of life.
        for _ in range(6):
            messages_up_to(manager, "WATCHDOG=1")
        process.send_signal(signal.SIGTERM)
        messages_up_to(manager, "STOPPING=1")
        assert (
            process.communicate(timeout=HUNG_S)[0] == ""
        )  # it was not read to its end
        assert process.returncode == 0


def test_a_camera_that_is_away_is_named(manager):
    with service(manager, "--source", "http://127.0.0.1:9/video") as process:
        messages = messages_up_to(manager, "STATUS=http")
        assert "does not answer" in messages[-1]
        messages_up_to(manager, "WATCHDOG=1")
        process.send_signal(signal.SIGTERM)
        assert process.wait(HUNG_S) == 0


def test_without_a_service_manager_nothing_is_told(manager):
    environment = {k: v for k, v in os.environ.items() if k != "NOTIFY_SOCKET"}
    options = ["--source", "demo", "--view", "none", "--max-frames", "2"]
    command = [sys.executable, "-m", "edge_app", "run", *options]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    manager.setblocking(False)
    with pytest.raises(BlockingIOError):
        manager.recv(10)


def test_unit_file_is_valid_and_locked_up():
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", str(UNIT)],
        capture_output=True,
        text=True,
    )
    exposure = re.search(r"exposure level.*: ([0-9.]+)", done.stdout)
    if exposure is None:
        pytest.skip(f"this systemd-analyze cannot: {done.stderr}")
    assert float(exposure[1]) < 3.0


def test_unit_file_uses_what_there_is():
    text = UNIT.read_text(encoding="utf-8")
    assert "Type=notify" in text
    assert re.search(r"^WatchdogSec=\d+", text, re.M)
    assert "edge-digits run --config" in text
