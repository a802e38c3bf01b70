"""Many clients of the live page, and what each of them is answered."""

import threading

import pytest
from waiting import wait_until

for module in ("starlette", "uvicorn", "segno", "httpx"):
    pytest.importorskip(module, reason="the extra web")

import httpx
from streams import jpegs, png, watching
from updates import scene_update

from edge_app.sources.demo.demo_scene import Scene


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
    with watching(web.url):
        for path in ("picture", "events"):
            answer = httpx.get(web.url + path)
            assert answer.status_code == 503
            assert "Too many" in answer.text
        assert httpx.get(web.url).status_code == 200

    def again():
        with httpx.stream("GET", f"{web.url}picture") as picture:
            return picture.status_code == 200

    wait_until(again)  # who left makes room


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
