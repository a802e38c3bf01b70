"""The live page: its files, who may see it, how it begins."""

import re

import pytest

for module in ("starlette", "uvicorn", "segno", "httpx"):
    pytest.importorskip(module, reason="the extra web")

import httpx

from edge_app.common.errors import WebError
from edge_app.sinks.web import Web
from edge_app.sinks.web.page.live_page import STATIC

TOKEN = "a-token-long-enough"


def static_files():
    return [path for path in STATIC.rglob("*") if path.is_file()]


def test_page_and_its_files(client):
    page = client.get("/")
    assert page.status_code == 200
    files = {*re.findall(r'(?:src|href)="(static/[^"]+)"', page.text)}
    assert {"static/app.js", "static/style.css"} <= files
    sent = page.num_bytes_downloaded
    for path in static_files():
        name = f"static/{path.relative_to(STATIC).as_posix()}"
        answer = client.get(f"/{name}")
        assert answer.status_code == 200
        kind = {"js": "text/javascript", "css": "text/css"}.get(
            path.suffix[1:], "image/"
        )
        if path.name != "index.html":
            assert answer.headers["Content-Type"].startswith(kind)
            assert answer.content == path.read_bytes()
            sent += answer.num_bytes_downloaded
            files.discard(name)
    assert not files  # all that the page names is there
    assert sent < 30_000


@pytest.mark.parametrize("path", ["", "static/app.js"])
@pytest.mark.parametrize(("taken", "sent_as"), [("gzip, br", "gzip"), ("identity", "")])
def test_files_are_compressed_for_browsers_that_take_it(client, path, taken, sent_as):
    answer = client.get(f"/{path}", headers={"Accept-Encoding": taken})
    assert answer.headers.get("Content-Encoding", "") == sent_as
    assert "Accept-Encoding" in answer.headers["Vary"]
    file = STATIC / (path.removeprefix("static/") or "index.html")
    assert answer.content == file.read_bytes()
    assert (answer.num_bytes_downloaded < file.stat().st_size / 2) == bool(sent_as)


def test_nothing_is_loaded_from_elsewhere():
    for path in static_files():
        text = path.read_text(encoding="utf-8").replace(
            "http://www.w3.org/2000/svg", ""
        )
        assert "://" not in text, path
        assert "@import" not in text


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


def test_a_browser_keeps_the_files_and_nothing_else(client):
    assert client.get("/metrics").headers["Cache-Control"] == "no-store"
    assert client.get("/").headers["Cache-Control"] == "no-cache"
    first = client.get("/static/app.js")
    assert first.headers["Cache-Control"] == "no-cache"  # asked for, if it changed
    again = client.get(
        "/static/app.js", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


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
        ({"host": "203.0.113.1"}, "203.0.113.1:0: "),
        ({"host": "no.such.name.invalid"}, "no address to listen at"),
        ({"port": 70_000}, "a port from 0 to 65535 expected, got 70000"),
        ({"token": "short"}, "16 ASCII characters expected, got 5"),
    ):
        with pytest.raises(WebError) as caught:
            Web(**{"port": 0, **options})
        assert reason in str(caught.value)
        assert "\n" not in str(caught.value)
