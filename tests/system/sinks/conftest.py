"""The live page, its clients, and a browser."""

import shutil
import threading

import pytest
from updates import scene_update

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser):
    contexts, wrong = [], []

    def complain(message):
        # When the server ends, its connections do, which the page notices.
        if message.type == "error" and "net::ERR_" not in message.text:
            wrong.append(message.text)

    def open_one(url, **options):
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", complain)
        page.goto(url)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not wrong  # nothing that the policy forbids, nothing that fails


@pytest.fixture
def serve(reader):
    pytest.importorskip("starlette", reason="the extra web")
    from edge_app.sinks.web import Web

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
    httpx = pytest.importorskip("httpx", reason="the extra web")
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
