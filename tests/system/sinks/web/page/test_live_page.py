"""The live page: its files, and the readings, history and health that it shows."""

import re
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

for module in ("starlette", "uvicorn", "segno", "httpx"):
    pytest.importorskip(module, reason="the extra web")

from clocks import Clock
from streams import messages
from updates import event, scene_update
from waiting import wait_until

from edge_app.sinks.web.page import feed, live_page
from edge_app.sinks.web.page.live_page import STATIC


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


def test_a_browser_keeps_the_files_and_nothing_else(client):
    assert client.get("/metrics").headers["Cache-Control"] == "no-store"
    assert client.get("/").headers["Cache-Control"] == "no-cache"
    first = client.get("/static/app.js")
    assert first.headers["Cache-Control"] == "no-cache"  # asked for, if it changed
    again = client.get(
        "/static/app.js", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_no_picture_yet(client, monkeypatch):
    monkeypatch.setattr(live_page, "_FIRST_PICTURE_S", 0.2)
    answer = client.get("/picture.jpg")
    assert answer.status_code == 503
    assert "no picture yet" in answer.text


def test_the_first_picture_is_waited_for(web, client, reader, monkeypatch):
    monkeypatch.setattr(live_page, "_FIRST_PICTURE_S", 60.0)
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(client.get, "/picture.jpg")
        wait_until(lambda: web._feed.num_watchers == 1)
        web.write(scene_update(reader))
        assert asked.result().status_code == 200


def test_an_old_reading_is_told_to_be_one(web, client, reader, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(feed, "time", clock)
    web.write(scene_update(reader))
    times = []
    for silent_ms in (400, 800):
        clock.sleep(0.4)
        with client.stream("GET", "/events") as response:
            received = messages(response)
            reading = next(data for kind, data, _ in received if kind == "reading")
        times.append(reading["time"])
        assert reading["silent_ms"] == silent_ms
    assert times[0] == times[1]  # it is the frame's, not that of asking


def test_a_fault_that_comes_soon_after_a_reading_is_told(
    web, client, reader, monkeypatch
):
    monkeypatch.setattr(live_page, "_HEALTH_S", 3600.0)  # nothing else wakes the stream
    web.write(scene_update(reader))
    with client.stream("GET", "/events") as response:
        received = messages(response)
        assert [next(received)[0] for _ in "12"] == ["reading", "health"]
        web.wait("unplugged")
        assert next(received)[:2] == ("fault", "unplugged")


def test_readings_history_and_health_as_events(web, client, reader):
    update = scene_update(reader, events=[event("appeared"), event("settled", 3)])
    web.write(update)
    with client.stream("GET", "/events") as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        stream = messages(response)
        found = {
            kind: (data, serial) for kind, data, serial in (next(stream) for _ in "123")
        }
        history, serial = found["history"]
        assert [happening["kind"] for happening in history] == ["settled"]
        assert history[0]["text"] == "2927"
        assert serial == "1"
        reading, _ = found["reading"]
        assert reading["numbers"][0]["text"] == update.reading.numbers[0].text
        assert set(reading["latency_ms"]) >= {
            "find",
            "normalize",
            "classify",
            "total",
        }
        assert found["health"][0]["num_cpus"] >= 1
        web.write(scene_update(reader, events=[event("gone", 3)]))
        kinds = [next(stream)[0] for _ in "12"]
        assert set(kinds) <= {"history", "reading", "health"}
    thumb = client.get("/history/1.jpg")
    assert cv2.imdecode(np.frombuffer(thumb.content, np.uint8), 1).shape[0] == 40
    assert client.get("/history/2.jpg").status_code == 404
    assert client.get("/history/99.jpg").status_code == 404
    # A client that comes back is told only what it missed.
    with client.stream("GET", "/events", headers={"Last-Event-ID": "1"}) as response:
        kind, data, serial = next(messages(response))
        assert (kind, serial, len(data)) == ("history", "2", 1)
    # One from before the program's last start is told everything.
    with client.stream("GET", "/events", headers={"Last-Event-ID": "77"}) as response:
        assert len(next(messages(response))[1]) == 2
