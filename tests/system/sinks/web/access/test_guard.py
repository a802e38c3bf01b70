"""Who is let in to the live page, from where, and how many at once."""

import re
import socket

import pytest
from waiting import wait_until

for module in ("starlette", "uvicorn", "segno", "httpx"):
    pytest.importorskip(module, reason="the extra web")

import httpx

from edge_app.sinks.web.access import guard
from edge_app.sinks.web.page import uploads

TOKEN = "a-token-long-enough"
BROWSER = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def base(serve):
    return f"http://127.0.0.1:{serve(token=TOKEN).port}"


def test_security_headers_on_every_answer(client):
    for path in ("/", "/static/app.js", "/nowhere", "/metrics", "/picture.jpg/x"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "Server" not in headers


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "10.0.0.1", ""])
def test_other_names_of_this_machine_are_refused(web, client, host):
    assert client.get("/picture.jpg", headers={"Host": host}).status_code == 403


def test_other_sites_are_refused(client):
    for site in ("cross-site", "same-site"):
        headers = {"Sec-Fetch-Site": site}
        assert client.get("/picture", headers=headers).status_code == 403
        assert client.post("/read", headers=headers).status_code == 403
        assert client.get("/", headers=headers).status_code == 200  # a link to us


@pytest.mark.parametrize("shown", [None, "", "wrong", TOKEN[:-1], "ä" * 20])
def test_wrong_token(serve, shown):
    web = serve(token=TOKEN)
    query = {} if shown is None else {"token": shown}
    with httpx.Client(base_url=f"http://127.0.0.1:{web.port}") as client:
        for path in ("/", "/picture", "/events", "/metrics", "/static/app.js", "/x"):
            answer = client.get(path, params=query)
            assert answer.status_code == 401
            assert TOKEN not in answer.text
            headers = {"Cookie": f"edge_digits_{web.port}=x"}
            assert client.get(path, headers=headers).status_code == 401


def test_right_token(serve):
    web = serve(token=TOKEN)
    base = f"http://127.0.0.1:{web.port}"
    assert web.url == f"{base}/?token={TOKEN}"
    with httpx.Client() as client:
        answer = client.get(web.url)
        assert answer.status_code == 303  # out of the address bar
        assert "HttpOnly" in answer.headers["Set-Cookie"]
        assert TOKEN not in answer.headers["Location"]
        assert client.get(base).status_code == 200
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert httpx.get(f"{base}/metrics", headers=bearer).status_code == 200
    assert httpx.get(f"{base}/metrics", params={"token": TOKEN}).status_code == 200


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


def test_wrong_tokens_are_logged_with_their_client(base, caplog, monkeypatch):
    monkeypatch.setattr(guard, "_GUARD", guard.GuardLimits(log_every_s=0.5))
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


def test_too_many_requests_of_those_let_in(serve, monkeypatch):
    monkeypatch.setattr(uploads, "UPLOADS", uploads.UploadLimits(most_waiting=100))
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
