"""Who is let in to the live page, and what keeps the others from taking its places."""

import re
import socket
import stat
import sys
import time
from contextlib import ExitStack

import pytest
from waiting import wait_until

for module in ("starlette", "uvicorn", "segno", "httpx"):
    pytest.importorskip(module, reason="the extra web")

import httpx

from edge_app.sinks.web import Web, protocol
from edge_app.sinks.web.access import guard, token
from edge_app.sinks.web.page import uploads

TOKEN = "a-token-long-enough"
BROWSER = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def serve(reader, tmp_path, monkeypatch):
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    with ExitStack() as opened:

        def open_one(**options):
            web = Web(port=0, open_reader=lambda: reader, **options)
            opened.callback(web.close)
            return web

        yield open_one


@pytest.fixture
def web(serve):
    return serve(token=TOKEN)


@pytest.fixture
def base(web):
    return f"http://127.0.0.1:{web.port}"


def test_a_browser_gets_a_field_for_the_token(base):
    answer = httpx.get(base, headers=BROWSER)
    assert answer.status_code == 401
    assert answer.headers["Content-Type"].startswith("text/html")
    assert 'name="token"' in answer.text
    assert TOKEN not in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy
    # What it sends: the form's own address with the field.
    (action,) = re.findall(r'<form action="([^"]+)"', answer.text)
    for typed in (TOKEN, f" {TOKEN}\n", f"http://192.0.2.7:8000/?token={TOKEN}"):
        with httpx.Client(base_url=base, headers=BROWSER) as client:
            answer = client.get(action, params={"token": typed})
            assert answer.status_code == 303
            assert client.get(answer.headers["Location"]).status_code == 200
    again = httpx.get(base, params={"token": "wrong"}, headers=BROWSER)
    assert again.status_code == 401
    assert "That is not the token" in again.text


def test_programs_get_a_line(base):
    for path in ("/", "/metrics", "/events"):
        answer = httpx.get(base + path)
        assert answer.status_code == 401
        assert answer.headers["Content-Type"].startswith("text/plain")


def test_the_token_is_the_same_at_the_next_start(serve, tmp_path):
    first = serve(host="0.0.0.0")
    assert len(first.token) >= 20
    first.close()
    assert serve(host="0.0.0.0").token == first.token
    (kept,) = (tmp_path / "state").iterdir()
    if sys.platform != "win32":
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700


def test_a_given_token_is_not_kept(serve, tmp_path):
    serve(host="0.0.0.0", token=TOKEN)
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff" * 40, b"a b\0" * 10])
def test_a_damaged_token_file_is_made_anew(tmp_path, content):
    path = tmp_path / token.TOKEN_FILE_NAME
    path.write_bytes(content)
    path.chmod(0o600)
    made = token.kept(tmp_path)
    assert len(made) >= 20
    assert token.kept(tmp_path) == made


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_a_token_that_others_could_read_is_made_anew(tmp_path, caplog):
    made = token.kept(tmp_path)
    (tmp_path / token.TOKEN_FILE_NAME).chmod(0o644)
    assert token.kept(tmp_path) != made
    assert "others could read it" in caplog.text
    assert stat.S_IMODE((tmp_path / token.TOKEN_FILE_NAME).stat().st_mode) == 0o600


def test_a_token_that_cannot_be_kept_is_made_all_the_same(tmp_path, caplog):
    (tmp_path / "file").write_text("no folder")
    first, second = (token.kept(tmp_path / "file" / "state") for _ in "12")
    assert len(first) >= 20
    assert first != second
    assert "another one at each start" in caplog.text
    assert "--token" in caplog.text
    assert first not in caplog.text


def test_where_the_token_is_kept(tmp_path, monkeypatch):
    assert token.state_folder({"STATE_DIRECTORY": "/a:/b"}).as_posix() == "/a"
    if sys.platform != "win32":
        found = token.state_folder({"XDG_STATE_HOME": "/x"})
        assert found.as_posix() == "/x/edge-digits"
        monkeypatch.setenv("HOME", str(tmp_path))
        assert token.state_folder({}) == tmp_path / ".local/state/edge-digits"


def test_wrong_tokens_are_logged_with_their_client(base, caplog, monkeypatch):
    monkeypatch.setattr(guard, "_LOG_EVERY_S", 0.5)
    httpx.get(base)  # shows none
    for _ in range(20):
        httpx.get(base, params={"token": "a-wrong-token-of-mine"})

    def logged_counts():
        line = r"wrong tokens for the web page: (\d+) from 127\.0\.0\.1"
        return [int(re.fullmatch(line, message)[1]) for message in caplog.messages]

    wait_until(lambda: sum(logged_counts()) == 20)
    assert logged_counts()[0] == 1  # at once
    assert "wrong-token-of-mine" not in caplog.text
    httpx.get(base, headers={"Authorization": "Bearer nothing"})
    wait_until(lambda: sum(logged_counts()) == 21)


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


def test_half_open_requests_of_one_client_keep_nobody_out(web, base):
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
def test_one_client_does_not_push_out_another(web):
    (patient,) = half_open(web, 1, client="127.0.0.2")
    flood = half_open(web, 100)
    wait_until(lambda: sum(map(is_closed, flood)) >= 100 - protocol.MOST_IDLE_OF_CLIENT)
    patient.sendall(b"st: localhost\r\n\r\n")
    patient.settimeout(10)
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
            slow.settimeout(10)
            assert b" 401 " in slow.recv(4096)
        slow.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n")
        until = time.monotonic() + 20
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
        slow.settimeout(10)
        assert b" 401 " in slow.recv(4096)
        wait_until(lambda: is_closed(slow))


def test_too_many_requests_of_those_let_in(serve, monkeypatch):
    monkeypatch.setattr(uploads, "_MOST_WAITING_UPLOADS", 100)
    web = serve(max_clients=0)  # eight requests at once
    head = b"POST /read HTTP/1.1\r\nHost: localhost:1\r\nContent-Length: 100\r\n\r\n"
    busy = []
    for _ in range(8):
        busy.append(socket.create_connection(("127.0.0.1", web.port)))
        busy[-1].sendall(head)
    wait_until(lambda: httpx.get(web.url).status_code == 503)
    for connection in busy:
        connection.close()
    wait_until(lambda: httpx.get(web.url).status_code == 200)
