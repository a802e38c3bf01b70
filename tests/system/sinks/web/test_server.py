"""The live page's server: where it listens, its token, clients that are stuck."""

import errno
import socket
import stat
import sys

import pytest
from waiting import wait_until

for module in ("starlette", "uvicorn", "segno", "httpx"):
    pytest.importorskip(module, reason="the extra web")

import httpx
from streams import jpegs, watching
from updates import scene_update

from edge_app.common.errors import WebError
from edge_app.sinks.web import Web, server
from edge_app.sinks.web.access import guard
from edge_app.sinks.web.server import ServerLimits

TOKEN = "a-token-long-enough"


def test_another_address_gets_a_token_and_a_qr_code(serve):
    web = serve(host="0.0.0.0")
    assert len(web.token) >= 20
    text = web.announcement()
    assert web.url in text
    assert "0.0.0.0" not in text  # nobody can open that
    assert text.count("\n") > 10  # the QR code
    assert httpx.get(f"http://127.0.0.1:{web.port}/").status_code == 401


def test_this_machine_alone_needs_no_token_and_no_qr_code(web):
    assert web.token is None
    assert web.announcement() == f"Live page: http://127.0.0.1:{web.port}/"


def test_localhost_and_ipv6(serve, reader):
    assert httpx.get(serve(host="localhost").url).status_code == 200
    try:
        web = serve(host="::1")
    except WebError:
        pytest.skip("no IPv6 here")
    assert httpx.get(web.url).status_code == 200


def test_wrong_settings_are_one_line(serve, web):
    for options, reason in (
        ({"port": web.port}, f"port {web.port} of 127.0.0.1 is in use"),
        ({"host": "203.0.113.1"}, "203.0.113.1 is no address of this machine; name"),
        ({"host": "no.such.name.invalid"}, "no address to listen at"),
        ({"port": 70_000}, "a port from 0 to 65535 expected, got 70000"),
        ({"token": "short"}, "16 ASCII characters expected, got 5"),
        ({"token": "ä" * 30}, "16 ASCII characters expected, got others, too;"),
    ):
        with pytest.raises(WebError) as caught:
            Web(**{"port": 0, **options})
        assert reason in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_port_that_is_for_administrators_is_told():
    denied = PermissionError(errno.EACCES, "Permission denied")
    said = server._why_not_listening(denied, "0.0.0.0", 80)
    assert said == "port 80 of 0.0.0.0 is not for every user; take one above 1023"
    other = OSError(errno.ENOBUFS, "No buffer space available")
    said = server._why_not_listening(other, "0.0.0.0", 80)
    assert said == "0.0.0.0:80: No buffer space available"


def test_the_token_is_the_same_at_the_next_start(serve, tmp_path, monkeypatch):
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    first = serve(host="0.0.0.0")
    assert len(first.token) >= 20
    first.close()
    assert serve(host="0.0.0.0").token == first.token
    (kept,) = (tmp_path / "state").iterdir()
    if sys.platform != "win32":
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700


def test_a_given_token_is_not_kept(serve, tmp_path, monkeypatch):
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    serve(host="0.0.0.0", token=TOKEN)
    assert not (tmp_path / "state").exists()


def stuck_client(web, path):
    """A connection that asks for a stream and then reads nothing."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", web.port))
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost:1\r\n\r\n".encode())
    return connection


def test_stuck_clients_delay_nobody(serve, feeding, monkeypatch):
    monkeypatch.setattr(guard, "_GUARD", guard.GuardLimits(stuck_s=3600.0))
    monkeypatch.setattr(server, "_SERVER", ServerLimits(send_buffer_bytes=8192))
    web = serve(max_clients=8)
    written = feeding(web)
    stuck = [stuck_client(web, path) for path in 5 * ("/picture", "/events")]
    wait_until(lambda: web._feed.num_watchers >= 5)
    # For an hour nobody is let go: whoever waited for them would wait in vain.
    num_before = len(written)
    with httpx.stream("GET", f"{web.url}picture") as response:
        for count, _ in enumerate(jpegs(response), start=1):
            if count == 30:
                break
    wait_until(lambda: len(written) >= num_before + 50)
    for connection in stuck:
        connection.close()


def test_stuck_clients_are_let_go(serve, feeding, monkeypatch):
    monkeypatch.setattr(guard, "_GUARD", guard.GuardLimits(stuck_s=1.0))
    monkeypatch.setattr(server, "_SERVER", ServerLimits(send_buffer_bytes=8192))
    web = serve(max_clients=8)
    watching, begun = web._feed.watching, []
    monkeypatch.setattr(web._feed, "watching", lambda: begun.append(1) or watching())
    feeding(web)
    stuck = [stuck_client(web, "/picture") for _ in range(3)]
    # Pictures fill the buffers on the way within seconds.
    wait_until(lambda: len(begun) == 3 and web._feed.num_watchers == 0)
    for connection in stuck:
        connection.close()


def test_closing_ends_every_stream(serve, feeding, monkeypatch):
    monkeypatch.setattr(server, "_SERVER", ServerLimits(close_s=60.0))
    web = serve()
    web._server.config.timeout_graceful_shutdown = 60  # none is broken off
    feeding(web)
    with watching(web.url) as streams:
        web.close()
        for stream in streams:
            list(stream)  # it has an end
    with pytest.raises(httpx.ConnectError):
        httpx.get(web.url)


def test_writing_after_the_end_is_harmless(serve, reader):
    web = serve()
    web.close()
    assert web.write(scene_update(reader))
