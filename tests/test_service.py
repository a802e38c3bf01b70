import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    not hasattr(socket, "AF_UNIX") or sys.platform == "win32", reason="Unix sockets"
)
UNIT = Path(__file__).parents[1] / "docs" / "edge-digits.service"


@pytest.fixture
def manager(tmp_path):
    """What systemd listens at."""
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(path))
        listener.settimeout(10)
        yield listener


def told(manager, until, limit_s=15.0):
    """Messages up to one that `until` matches."""
    messages = []
    ends = time.monotonic() + limit_s
    while time.monotonic() < ends:
        messages.append(manager.recv(4096).decode())
        if until in messages[-1]:
            return messages
    raise AssertionError(messages)


def test_service_manager_is_told_of_everything(manager):
    process = subprocess.Popen(
        [sys.executable, "-m", "edge_app", "run", "--source", "demo", "--view", "none"],
        env=os.environ
        | {"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "1000000"},
    )
    messages = told(manager, "WATCHDOG=1")
    assert messages[0] == "READY=1"
    assert "STATUS=reading demo" in messages
    started = time.monotonic()
    told(manager, "WATCHDOG=1")
    assert 0.3 < time.monotonic() - started < 0.9
    process.send_signal(signal.SIGTERM)
    told(manager, "STOPPING=1")
    assert process.wait(5) == 0


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
