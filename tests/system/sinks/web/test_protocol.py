"""Connections that ask nothing, and what keeps them from taking others' places."""

import socket
import sys
import time

import pytest
from waiting import wait_until

for module in ("starlette", "uvicorn", "segno", "httpx"):
    pytest.importorskip(module, reason="the extra web")

import httpx

from edge_app.sinks.web import protocol

TOKEN = "a-token-long-enough"


@pytest.fixture
def web(serve):
    return serve(token=TOKEN)


@pytest.fixture
def unhurried(monkeypatch):
    """Whoever is let go is not let go for the time that it takes."""
    monkeypatch.setattr(protocol, "HEADERS_S", 3600.0)


@pytest.fixture
def base(web):
    return f"http://127.0.0.1:{web.port}"


def half_open(web, count, *, client="127.0.0.1"):
    """Connections that have sent a part of a request."""
    made = []
    for _ in range(count):
        made.append(
            socket.create_connection(
                ("127.0.0.1", web.port), source_address=(client, 0)
            )
        )
        made[-1].sendall(b"GET / HTTP/1.1\r\nHo")
    return made


def is_closed(connection):
    connection.settimeout(0)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def test_half_open_requests_of_one_client_keep_nobody_out(unhurried, web, base):
    headers = {"Authorization": f"Bearer {TOKEN}"}
    flood = half_open(web, 200)
    for _ in range(5):
        assert httpx.get(base).status_code == 401
        assert httpx.get(base, headers=headers).status_code == 200
    wait_until(lambda: sum(map(is_closed, flood)) >= 200 - protocol.MOST_IDLE_OF_CLIENT)
    assert not is_closed(flood[-1])  # the newest are
    for connection in flood:
        connection.close()


@pytest.mark.skipif(sys.platform != "linux", reason="all of 127/8 is this machine's")
def test_one_client_does_not_push_out_another(unhurried, web):
    (patient,) = half_open(web, 1, client="127.0.0.2")
    flood = half_open(web, 100)
    wait_until(lambda: sum(map(is_closed, flood)) >= 100 - protocol.MOST_IDLE_OF_CLIENT)
    patient.sendall(b"st: localhost\r\n\r\n")
    patient.settimeout(60)
    assert b" 401 " in patient.recv(4096)
    for connection in (patient, *flood):
        connection.close()


class FakeConnection:
    """One whose closing is all that matters."""

    is_open = True

    def let_go(self):
        self.is_open = False


def test_of_many_clients_those_with_most_lose_theirs():
    idle = protocol.Idle()
    greedy = [FakeConnection() for _ in range(protocol.MOST_IDLE_OF_CLIENT)]
    for connection in greedy:
        idle.add(connection, "192.0.2.1")
    modest = [FakeConnection() for _ in range(protocol.MOST_IDLE)]
    for n, connection in enumerate(modest):
        idle.add(connection, f"198.51.100.{n}")
        assert len(idle) <= protocol.MOST_IDLE
    assert not any(connection.is_open for connection in greedy)
    assert all(connection.is_open for connection in modest)
    idle.discard(FakeConnection(), "203.0.113.9")
    idle.add(FakeConnection(), "203.0.113.9")
    assert not modest[0].is_open
    assert len(idle) == protocol.MOST_IDLE


@pytest.mark.parametrize("before", [b"", b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n"])
def test_slow_heads_are_timed_out(web, monkeypatch, before):
    """Also that of a second request on the same connection."""
    monkeypatch.setattr(protocol, "HEADERS_S", 1.0)
    with socket.create_connection(("127.0.0.1", web.port)) as slow:
        slow.sendall(before)
        if before:
            slow.settimeout(60)
            assert b" 401 " in slow.recv(4096)
        slow.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n")
        until = time.monotonic() + 60
        while not is_closed(slow):
            assert time.monotonic() < until
            time.sleep(0.1)
            try:
                slow.sendall(b"X-More: a\r\n")
            except ConnectionError:
                break


def test_slow_bodies_without_a_token_are_timed_out(web, monkeypatch):
    monkeypatch.setattr(protocol, "HEADERS_S", 1.0)
    with socket.create_connection(("127.0.0.1", web.port)) as slow:
        slow.sendall(b"POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n")
        slow.settimeout(60)
        assert b" 401 " in slow.recv(4096)
        wait_until(lambda: is_closed(slow))
