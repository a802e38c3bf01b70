"""The live page and its clients."""

import threading

import pytest
from browsers import browser, open_page  # noqa: F401
from updates import scene_update


@pytest.fixture
def serve(reader):
    pytest.importorskip("starlette", reason="the extra web")
    from edge_app.sinks.web import Web

    opened = []

    def open_one(**options):
        opened.append(Web(**{"port": 0, "open_reader": lambda: reader, **options}))
        return opened[-1]

    yield open_one
    for sink in opened:
        sink.close()


@pytest.fixture
def web(serve):
    return serve()


@pytest.fixture
def client(web):
    httpx = pytest.importorskip("httpx", reason="the extra web")
    with httpx.Client(base_url=web.url, timeout=60) as client:
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
