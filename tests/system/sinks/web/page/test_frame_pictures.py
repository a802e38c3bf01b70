"""Pictures that the live page shows: clean, drawn on, and made once for all."""

import base64
import time
from datetime import datetime

import cv2
import numpy as np
import pytest

for module in ("starlette", "uvicorn", "segno", "httpx"):
    pytest.importorskip(module, reason="the extra web")

import httpx
from streams import jpegs
from updates import read_update, scene_update

from edge_app.common.draw import draw
from edge_app.sinks.web.page import frame_pictures


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
            cv2.imdecode(np.frombuffer(client.get(url).content, np.uint8), 1)
            for url in (path, f"{path}?clean=1")
        )
        assert differ(clean, frame) < min(5, differ(shown, frame))
        assert differ(shown, drawn) < min(5, differ(clean, drawn))
    with client.stream("GET", "/picture?clean=1") as response:
        streamed = next(jpegs(response))
    assert differ(cv2.imdecode(np.frombuffer(streamed, np.uint8), 1), frame) < 5
    web.write(read_update(reader, np.full((1080, 1920, 3), 250, np.uint8)))
    content = client.get("/snapshot.jpg?clean=1").content
    assert cv2.imdecode(np.frombuffer(content, np.uint8), 1).shape == (1080, 1920, 3)


def test_large_frames_are_sent_small(web, client, reader):
    image = np.full((1080, 1920, 3), 250, np.uint8)
    web.write(read_update(reader, image))
    content = np.frombuffer(client.get("/picture.jpg").content, np.uint8)
    assert cv2.imdecode(content, cv2.IMREAD_COLOR).shape == (720, 1280, 3)
