import base64
import json
import re
import socket
import struct
import threading
import time
import zlib
from contextlib import suppress
from datetime import datetime

import cv2
import numpy as np
import pytest
from waiting import wait_until

for module in ("starlette", "uvicorn", "segno", "httpx"):
    pytest.importorskip(module, reason="the extra web")

import httpx
from updates import event, read_update, scene_update

from edge_app.common.draw import draw
from edge_app.common.errors import WebError
from edge_app.sinks.web import Web, app, frame_pictures, server, uploads
from edge_app.sinks.web.access import guard
from edge_app.sinks.web.app import STATIC
from edge_app.sources.demo.demo_scene import Scene

TOKEN = "a-token-long-enough"


@pytest.fixture
def serve(reader):
    opened = []

    def open_one(**options):
        opened.append(Web(**{"port": 0, "open_reader": lambda: reader, **options}))
        return opened[-1]

    yield open_one
    for each in opened:
        each.close()


@pytest.fixture
def web(serve):
    return serve()


@pytest.fixture
def client(web):
    with httpx.Client(base_url=web.url, timeout=10) as client:
        yield client


@pytest.fixture
def feeding(reader):
    """Writes updates to a sink from a thread, as the live app does."""
    stop = threading.Event()
    updates = [scene_update(reader, time_s=n / 2) for n in range(4)]
    threads = []

    def feed(sink):
        written = []

        def work():
            while not stop.is_set():
                for update in updates:
                    sink.write(update)
                    written.append(update)
                    stop.wait(0.02)

        threads.append(threading.Thread(target=work))
        threads[-1].start()
        return written

    yield feed
    stop.set()
    for thread in threads:
        thread.join()


def jpegs(response):
    """The pictures of a multipart stream."""
    content = b""
    for chunk in response.iter_bytes():
        content += chunk
        while found := re.search(rb"Content-Length: (\d+)\r\n\r\n", content):
            end = found.end() + int(found[1])
            if len(content) < end:
                break
            yield content[found.end() : end]
            content = content[end:]


def messages(response):
    """Kind, data and id of server-sent events."""
    message = {}
    for line in response.iter_lines():
        if line:
            key, _, value = line.partition(": ")
            message[key] = value
        elif "data" in message:
            yield message["event"], json.loads(message["data"]), message.get("id")
            message = {}


def png(image):
    return cv2.imencode(".png", image)[1].tobytes()


def test_page_and_its_files(client):
    page = client.get("/")
    assert page.status_code == 200
    files = {*re.findall(r'(?:src|href)="(static/[^"]+)"', page.text)}
    assert {"static/app.js", "static/style.css"} <= files
    sent = page.num_bytes_downloaded
    for path in STATIC.iterdir():
        answer = client.get(f"/static/{path.name}")
        assert answer.status_code == 200
        kind = {"js": "text/javascript", "css": "text/css"}.get(
            path.suffix[1:], "image/"
        )
        if path.name != "index.html":
            assert answer.headers["Content-Type"].startswith(kind)
            assert answer.content == path.read_bytes()
            sent += answer.num_bytes_downloaded
            files.discard(f"static/{path.name}")
    assert not files  # all that the page names is there
    assert sent < 30_000


def test_nothing_is_loaded_from_elsewhere():
    for path in STATIC.iterdir():
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


def test_picture_moves(web, client, feeding):
    feeding(web)
    seen = set()
    with client.stream("GET", "/picture") as response:
        for picture in jpegs(response):
            image = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
            assert image.shape == (480, 640, 3)
            seen.add(picture)
            if len(seen) == 3:
                break
    single = client.get("/picture.jpg")
    assert single.headers["Content-Type"] == "image/jpeg"
    assert single.content.startswith(b"\xff\xd8")


def test_no_picture_yet(client, monkeypatch):
    monkeypatch.setattr(app, "_FIRST_PICTURE_S", 0.2)
    answer = client.get("/picture.jpg")
    assert answer.status_code == 503
    assert "no picture yet" in answer.text


def test_nothing_is_encoded_while_nobody_watches(web, reader, monkeypatch):
    encoded = []
    real = frame_pictures._picture
    monkeypatch.setattr(
        frame_pictures, "_picture", lambda u: encoded.append(u) or real(u)
    )
    update = scene_update(reader)
    for _ in range(50):
        web.write(update)
    time.sleep(0.3)
    assert not encoded
    httpx.get(f"{web.url}picture.jpg")
    assert len(encoded) == 1


def pictures_in(still):
    """The clean picture and the one that is drawn on, of what `/still` answers."""
    for name in ("clean", "picture"):
        head, content = still[name].split(",")
        assert head == "data:image/jpeg;base64"
        content = np.frombuffer(base64.b64decode(content), np.uint8)
        yield cv2.imdecode(content, cv2.IMREAD_COLOR)


def differ(a, b):
    assert a.shape == b.shape
    return np.abs(a.astype(int) - b).mean()


def test_a_still_picture_is_clean_and_drawn_on_and_of_one_frame(web, client, reader):
    assert client.get("/still").status_code == 503
    for seed in (1, 2):
        update = scene_update(reader, seed=seed)
        web.write(update)
        answer = client.get("/still")
        assert answer.headers["Cache-Control"] == "no-store"
        still = answer.json()
        clean, picture = pictures_in(still)
        frame = update.frame.image
        drawn = draw(frame, update.reading)
        assert differ(clean, frame) < min(4, differ(picture, frame))
        assert differ(picture, drawn) < min(4, differ(clean, drawn))
        texts = [number["text"] for number in still["reading"]["numbers"]]
        assert texts == [number.text for number in update.reading.numbers]
        when = datetime.fromisoformat(still["time"]).timestamp()
        assert when == pytest.approx(update.made_s - update.age_ms / 1000, abs=0.002)
    web.write(read_update(reader, np.full((1080, 1920, 3), 250, np.uint8)))
    clean, picture = pictures_in(client.get("/still").json())
    assert clean.shape == picture.shape == (1080, 1920, 3)  # nothing is lost


def test_pictures_without_boxes(web, client, reader):
    assert client.get("/snapshot.jpg").status_code == 503
    update = scene_update(reader)
    web.write(update)
    frame = update.frame.image
    drawn = draw(frame, update.reading)
    for path in ("/snapshot.jpg", "/picture.jpg"):
        shown, clean = (
            cv2.imdecode(np.frombuffer(client.get(each).content, np.uint8), 1)
            for each in (path, f"{path}?clean=1")
        )
        assert differ(clean, frame) < min(5, differ(shown, frame))
        assert differ(shown, drawn) < min(5, differ(clean, drawn))
    with client.stream("GET", "/picture?clean=1") as response:
        streamed = next(jpegs(response))
    assert differ(cv2.imdecode(np.frombuffer(streamed, np.uint8), 1), frame) < 5
    web.write(read_update(reader, np.full((1080, 1920, 3), 250, np.uint8)))
    content = client.get("/snapshot.jpg?clean=1").content
    assert cv2.imdecode(np.frombuffer(content, np.uint8), 1).shape == (1080, 1920, 3)


def test_an_old_reading_is_told_to_be_one(web, client, reader):
    web.write(scene_update(reader))
    times = []
    for pause_s in (0.4, 0.4):
        time.sleep(pause_s)
        with client.stream("GET", "/events") as response:
            told = messages(response)
            reading = next(data for kind, data, _ in told if kind == "reading")
        times.append(reading["time"])
        assert reading["silent_ms"] >= 400 * len(times)
    assert times[0] == times[1]  # it is the frame's, not that of asking


def test_large_frames_are_sent_small(web, client, reader):
    image = np.full((1080, 1920, 3), 250, np.uint8)
    web.write(read_update(reader, image))
    content = np.frombuffer(client.get("/picture.jpg").content, np.uint8)
    assert cv2.imdecode(content, cv2.IMREAD_COLOR).shape == (720, 1280, 3)


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
        assert [each["kind"] for each in history] == ["settled"]
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


def test_a_drawing_is_read(client):
    image = np.full((300, 400, 3), 255, np.uint8)
    cv2.polylines(
        image, [np.array([[140, 60], [240, 60], [180, 230]])], False, (60, 40, 30), 14
    )
    answer = client.post("/read", content=png(image)).json()
    assert [digit["label"] for digit in answer["digits"]] == [7]
    assert "picture" not in answer


def test_a_photo_is_read_and_shown(client, scene_png, reader):
    content = scene_png.read_bytes()
    answer = client.post("/read?picture=1", content=content).json()
    expected = reader.read(cv2.imread(str(scene_png)))
    assert [n["text"] for n in answer["numbers"]] == [n.text for n in expected.numbers]
    assert answer["picture"].startswith("data:image/jpeg;base64,/9j/")


def bomb_png(width, height):
    def part(kind, content):
        checksum = zlib.crc32(kind + content)
        return (
            struct.pack(">I", len(content))
            + kind
            + content
            + struct.pack(">I", checksum)
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    row = bytes(width + 1)
    packed = zlib.compressobj(9)
    body = b"".join(packed.compress(row) for _ in range(height)) + packed.flush()
    return (
        b"\x89PNG\r\n\x1a\n"
        + part(b"IHDR", head)
        + part(b"IDAT", body)
        + part(b"IEND", b"")
    )


JPEG = cv2.imencode(".jpg", np.full((64, 64, 3), 200, np.uint8))[1].tobytes()
TORN_JPEG = cv2.imencode(".jpg", Scene(seed=1).frame(0.0)[0])[1].tobytes()[:30_000]
HUGE_JPEG = JPEG.replace(struct.pack(">HH", 64, 64), struct.pack(">HH", 60000, 60000))


@pytest.mark.parametrize(
    ("content", "status", "reason"),
    [
        (b"", 415, "JPEG or PNG"),
        (b"GIF89a" + bytes(100), 415, "JPEG or PNG"),
        (b"\0\0\0\x18ftypheic" + bytes(99), 415, "expected, got HEIC, as iPhones"),
        (b"%PDF-1.4\n" + bytes(99), 415, "expected, got a PDF file"),
        (b"\xff\xd8" + b"\xff\xe0\x00\x02" * 50, 415, "JPEG or PNG"),
        (b"\xff\xd8\xff\xe0\x00\x00" + bytes(50), 415, "JPEG or PNG"),
        (b"\x89PNG\r\n\x1a\n" + bytes(8), 415, "JPEG or PNG"),
        (b"\x89PNG\r\n\x1a\n" + bytes(80), 413, "0x0 pixels"),
        (b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + b"\0\0\0\x08" * 20, 422, "torn"),
        (TORN_JPEG, 422, "the picture: torn or damaged"),
        (bomb_png(20_000, 4_000), 413, "20000x4000 pixels"),
        (HUGE_JPEG, 413, "60000x60000 pixels"),
        (bytes(uploads.MOST_BYTES + 1), 413, "MB"),
    ],
)
def test_what_is_no_picture_is_refused(client, content, status, reason):
    answer = client.post("/read", content=content)
    assert answer.status_code == status
    assert reason in answer.json()["error"]
    assert client.get("/").status_code == 200


def test_a_form_is_refused_with_a_hint(client, scene_png):
    with scene_png.open("rb") as file:
        answer = client.post("/read", files={"picture": file})
    assert answer.status_code == 415
    assert "--data-binary" in answer.json()["error"]


def test_a_chunked_body_without_end_is_cut_off(web):
    sent = 0

    def zeros():
        nonlocal sent
        while sent < 10 * uploads.MOST_BYTES:
            yield bytes(65536)
            sent += 65536

    # The connection may be closed while we are still sending.
    with suppress(httpx.WriteError, httpx.ReadError):
        assert httpx.post(f"{web.url}read", content=zeros()).status_code == 413
    assert sent < 2 * uploads.MOST_BYTES


def test_an_upload_that_stalls_is_given_up(web, monkeypatch):
    monkeypatch.setattr(uploads, "_UPLOAD_S", 0.3)
    with socket.create_connection(("127.0.0.1", web.port)) as stalled:
        head = (
            "POST /read HTTP/1.1\r\nHost: localhost:1\r\nContent-Length: 1000\r\n\r\n"
        )
        stalled.sendall(head.encode() + b"\xff\xd8")
        stalled.settimeout(60)
        assert b" 408 " in stalled.recv(4096)


def test_too_many_pictures_at_once(web, monkeypatch):
    monkeypatch.setattr(uploads, "_MOST_WAITING", 0)
    answer = httpx.post(f"{web.url}read", content=JPEG)
    assert answer.status_code == 503
    assert "try again" in answer.json()["error"]


def test_metrics(web, client, reader):
    web.write(scene_update(reader))
    web.reconnected()
    answer = client.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "\nedge_digits_frames_total 1.0\n" in answer.text
    assert "\nedge_digits_reconnects_total 1.0\n" in answer.text


def test_clients_are_capped(serve, feeding):
    web = serve(max_clients=1)
    feeding(web)
    with (
        httpx.stream("GET", f"{web.url}picture") as picture,
        httpx.stream("GET", f"{web.url}events") as events,
    ):
        streams = jpegs(picture), messages(events)  # kept, else they end
        for stream in streams:
            next(stream)
        for path in ("picture", "events"):
            answer = httpx.get(web.url + path)
            assert answer.status_code == 503
            assert "Too many" in answer.text
        assert httpx.get(web.url).status_code == 200

    def again():
        with httpx.stream("GET", f"{web.url}picture") as picture:
            return picture.status_code == 200

    wait_until(again)  # who left makes room


def stuck_client(web, path):
    """A connection that asks for a stream and then reads nothing."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", web.port))
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost:1\r\n\r\n".encode())
    return connection


def test_stuck_clients_delay_nobody(serve, feeding, monkeypatch):
    monkeypatch.setattr(guard, "_STUCK_S", 3600.0)
    monkeypatch.setattr(server, "_SEND_BUFFER", 8192)
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
    monkeypatch.setattr(guard, "_STUCK_S", 1.0)
    monkeypatch.setattr(server, "_SEND_BUFFER", 8192)
    web = serve(max_clients=8)
    feeding(web)
    stuck = [stuck_client(web, "/picture") for _ in range(3)]
    wait_until(lambda: web._feed.num_watchers == 3)
    # Pictures fill the buffers on the way within seconds.
    wait_until(lambda: web._feed.num_watchers == 0)
    for connection in stuck:
        connection.close()


def test_closing_ends_every_stream(serve, feeding):
    web = serve()
    feeding(web)
    with (
        httpx.stream("GET", f"{web.url}picture") as picture,
        httpx.stream("GET", f"{web.url}events") as events,
    ):
        streams = jpegs(picture), messages(events)  # kept, else they end
        for stream in streams:
            next(stream)
        web.close()
        for stream in streams:
            list(stream)  # it has an end
    with pytest.raises(httpx.ConnectError):
        httpx.get(web.url)


def test_writing_after_the_end_is_harmless(serve, reader):
    web = serve()
    web.close()
    assert web.write(scene_update(reader))


def test_clients_come_and_go(web, feeding):
    feeding(web)
    before = threading.active_count()

    def visit():
        with httpx.stream("GET", f"{web.url}picture") as response:
            next(jpegs(response))

    for _ in range(5):
        visitors = [threading.Thread(target=visit) for _ in range(8)]
        for visitor in visitors:
            visitor.start()
        for visitor in visitors:
            visitor.join()
    wait_until(lambda: web._feed.num_watchers == 0)
    assert threading.active_count() <= before + 8  # the pool that encodes


class Held:
    """A reader that begins to read when it is told to."""

    def __init__(self, reader):
        self._reader = reader
        self.has_begun, self.go_on = threading.Event(), threading.Event()

    def read(self, image):
        self.has_begun.set()
        self.go_on.wait()
        return self._reader.read(image)


def test_scene_is_read_by_its_own_reader_meanwhile(serve, feeding, reader):
    held = Held(reader)
    web = serve(open_reader=lambda: held)
    written = feeding(web)
    answers = []

    def upload():
        content = png(Scene(seed=4).frame(0.0)[0])
        answers.append(httpx.post(f"{web.url}read", content=content, timeout=60))

    uploading = threading.Thread(target=upload)
    uploading.start()
    assert held.has_begun.wait(60)
    num_before = len(written)
    wait_until(lambda: len(written) >= num_before + 20)
    assert httpx.get(f"{web.url}picture.jpg").status_code == 200
    assert answers == []  # it still waits for the photograph
    held.go_on.set()
    uploading.join()
    assert answers[0].json()["digits"]
