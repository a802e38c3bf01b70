"""Events posted to a real server."""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from ports import free_port
from updates import blank_update, event
from waiting import wait_until

from edge_app.common.errors import WebhookError
from edge_app.sinks import webhook
from edge_app.sinks.webhook import Webhook, WebhookLimits


class Server:
    """Answers what it is told to, and keeps what it is sent."""

    def __init__(self, port=0):
        self.statuses, self.requests = [], []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.requests.append((self.path, self.headers, json.loads(body)))
                self.send_response(server.statuses.pop(0) if server.statuses else 204)
                self.end_headers()

            def log_message(self, *_):
                """Leave stderr alone."""

        self._http = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self._http.server_port
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def bodies(self):
        return [body for _, _, body in list(self.requests)]

    def close(self):
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def serve():
    opened = []

    def open_one(port=0):
        opened.append(Server(port))
        return opened[-1]

    yield open_one
    for sink in opened:
        sink.close()


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(webhook, "_WEBHOOK", WebhookLimits(first_wait_s=0.05))


def test_what_settles_is_posted_in_order(serve, reader):
    server = serve()
    sink = Webhook(f"http://me:a%20b@127.0.0.1:{server.port}/hook?x=1", name="cellar")
    events = [
        event(kind, number)
        for number, kind in enumerate(("appeared", "settled", "changed", "gone"))
    ]
    assert sink.write(blank_update(reader, events=events))
    wait_until(lambda: len(server.requests) == 2)
    sink.close()
    path, headers, posted = server.requests[0]
    assert path == "/hook?x=1"
    assert headers["Authorization"] == "Basic bWU6YSBi"
    assert headers["Content-Type"] == "application/json"
    assert (posted["kind"], posted["text"], posted["device"]) == (
        "settled",
        "2927",
        "cellar",
    )
    assert posted["time"].endswith("Z")
    assert [body["kind"] for body in server.bodies()] == ["settled", "changed"]


def test_a_server_that_fails_is_asked_again(serve, reader, quick, caplog):
    server = serve()
    server.statuses = [500, 429]
    sink = Webhook(f"http://127.0.0.1:{server.port}/secret", name="x")
    sink.write(blank_update(reader, events=[event(number_id=1), event(number_id=2)]))
    wait_until(lambda: len(server.requests) == 4)
    sink.close()
    assert [body["number_id"] for body in server.bodies()] == [1, 1, 1, 2]
    assert len({body["id"] for body in server.bodies()}) == 2
    assert caplog.text.count("status 500; trying on") == 1
    assert "secret" not in caplog.text


def test_what_is_refused_is_not_sent_again(serve, reader, quick, caplog):
    server = serve()
    server.statuses = [400]
    sink = Webhook(f"http://127.0.0.1:{server.port}/", name="x")
    sink.write(blank_update(reader, events=[event(number_id=1), event(number_id=2)]))
    wait_until(lambda: len(server.requests) == 2)
    sink.close()
    assert [body["number_id"] for body in server.bodies()] == [1, 2]
    assert "refused with status 400" in caplog.text
    assert sink.lost.is_set()


def test_a_server_that_comes_later_gets_what_waited(serve, reader, quick, caplog):
    first = serve(free_port())
    first.close()  # nobody listens there now
    sink = Webhook(f"http://127.0.0.1:{first.port}/", name="x")
    update = blank_update(reader, events=[event(number_id=7)])
    for _ in range(3):
        assert sink.write(update)  # reading goes on
    wait_until(lambda: "trying on" in caplog.text)
    second = serve(first.port)
    wait_until(lambda: len(second.requests) == 3)
    sink.close()
    assert not sink.lost.is_set()


def test_a_server_that_hangs_holds_nothing_up(reader, caplog):
    update = blank_update(reader, events=[event()])
    with socket.create_server(("127.0.0.1", 0)) as silent:
        sink = Webhook(f"http://127.0.0.1:{silent.getsockname()[1]}/", name="x")
        for _ in range(webhook._WEBHOOK.most_waiting + 10):
            assert sink.write(update)
        assert "too slow, some of it is lost" in caplog.text
        sink.close()


@pytest.mark.parametrize("url", ["ftp://x/", "http://", "host/path", "http://h:x/"])
def test_other_urls_are_refused(url):
    with pytest.raises(WebhookError, match="webhook: http://host/path"):
        Webhook(url, name="x")
