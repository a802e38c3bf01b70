"""A real browser, as fixtures."""

import shutil

import pytest

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
        # By then all is wired; a page is loaded only once its stream has a picture.
        page.goto(url, wait_until="domcontentloaded")
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not wrong  # nothing that the policy forbids, nothing that fails
