"""Drawings and photographs that the live page reads."""

import socket
import struct
import zlib
from contextlib import suppress

import cv2
import numpy as np
import pytest

for module in ("starlette", "uvicorn", "segno", "httpx"):
    pytest.importorskip(module, reason="the extra web")

import httpx
from streams import png

from edge_app.sinks.web.page import uploads
from edge_app.sources.demo.demo_scene import Scene


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
        (bytes(uploads.UPLOADS.most_bytes + 1), 413, "MB"),
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
        while sent < 10 * uploads.UPLOADS.most_bytes:
            yield bytes(65536)
            sent += 65536

    # The connection may be closed while we are still sending.
    with suppress(httpx.WriteError, httpx.ReadError):
        assert httpx.post(f"{web.url}read", content=zeros()).status_code == 413
    assert sent < 2 * uploads.UPLOADS.most_bytes


def test_an_upload_that_stalls_is_given_up(web, monkeypatch):
    monkeypatch.setattr(uploads, "UPLOADS", uploads.UploadLimits(arrival_s=0.3))
    with socket.create_connection(("127.0.0.1", web.port)) as stalled:
        head = (
            "POST /read HTTP/1.1\r\nHost: localhost:1\r\nContent-Length: 1000\r\n\r\n"
        )
        stalled.sendall(head.encode() + b"\xff\xd8")
        stalled.settimeout(60)
        assert b" 408 " in stalled.recv(4096)


def test_too_many_pictures_at_once(web, monkeypatch):
    monkeypatch.setattr(uploads, "UPLOADS", uploads.UploadLimits(most_waiting=0))
    answer = httpx.post(f"{web.url}read", content=JPEG)
    assert answer.status_code == 503
    assert "try again" in answer.json()["error"]
