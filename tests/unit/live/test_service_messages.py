import socket
import sys

import pytest
from clocks import Clock

from edge_app.live import service
from edge_app.live.service import Service

pytestmark = [
    pytest.mark.device,
    pytest.mark.skipif(
        not hasattr(socket, "AF_UNIX") or sys.platform == "win32", reason="Unix sockets"
    ),
]


@pytest.fixture
def manager(tmp_path, monkeypatch):
    """What systemd listens at."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", listener.getsockname())
        yield listener


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(service, "time", clock)
    return clock


def new_messages(manager):
    """All that has come since it was asked for last."""
    messages = []
    while True:
        try:
            messages.append(manager.recv(4096).decode())
        except BlockingIOError:
            return messages


# Half of what the watchdog waits for, but twice a second at least.
@pytest.mark.parametrize(("watchdog_s", "every_s"), [(0.5, 0.25), (30, 0.5)])
def test_signs_of_life_are_told_no_oftener_than_needed(
    manager, clock, monkeypatch, watchdog_s, every_s
):
    monkeypatch.setenv("WATCHDOG_USEC", str(round(watchdog_s * 1e6)))
    process = Service()
    process.ready()
    process.alive("reading")
    assert new_messages(manager) == ["READY=1", "STATUS=reading", "WATCHDOG=1"]
    for _ in range(3):
        clock.sleep(every_s - 0.125)
        process.alive("reading")
        assert new_messages(manager) == []
        clock.sleep(0.125)
        process.alive("reading")
        assert new_messages(manager) == ["WATCHDOG=1"]
    process.alive("waiting")
    assert new_messages(manager) == ["STATUS=waiting"]
    process.stopping()
    assert new_messages(manager) == ["STOPPING=1"]


def test_without_a_watchdog_no_sign_of_life_is_told(manager, clock, monkeypatch):
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    process = Service()
    for _ in range(3):
        process.alive("reading")
        clock.sleep(60)
    assert new_messages(manager) == ["STATUS=reading"]
