"""A real browser, as fixtures, and what people do there."""

import shutil

import pytest
from waiting import wait_until

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


def correct(page, button, text):
    """Say what a number is whose button is clicked; `None` for no number."""
    button.click()
    page.wait_for_selector("#fix[open]")
    if text is None:
        page.click("#none")
    else:
        page.fill("#digits", text)
        page.click("#fix button:has-text('Save')")
    page.wait_for_selector("#fix:not([open])", state="attached")


def on_stage(page, box_xywh, margin=8):
    """Where a box of the frame is on the screen: two opposite corners."""
    stage = page.locator("#stage").bounding_box()
    x, y, w, h = box_xywh
    across, down = stage["width"] / 640, stage["height"] / 480
    return [
        (stage["x"] + across * (x - margin), stage["y"] + down * (y - margin)),
        (stage["x"] + across * (x + w + margin), stage["y"] + down * (y + h + margin)),
    ]


def draw_with_finger(page, start, end):
    """Draw on a phone's screen from one point to another."""
    session = page.context.new_cdp_session(page)

    def touch(kind, *points):
        places = [{"x": x, "y": y} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    touch("touchStart", start)
    for share in (0.4, 0.7, 1.0):
        across, down = (
            share * (there - here) for here, there in zip(start, end, strict=True)
        )
        touch("touchMove", (start[0] + across, start[1] + down))
    touch("touchEnd")
    page.wait_for_timeout(600)  # sooner the browser takes two touches for a double tap


def tap_until(page, button, selector):
    """Tap until something shows: a tap while the page scrolls only stops that."""

    def shows():
        page.tap(button)
        page.wait_for_timeout(1000)
        return page.locator(selector).is_visible()

    wait_until(shows)


def open_editor(page):
    """Begin to draw fields on a page that shows the demo scene."""
    page.wait_for_selector("#state[data-state=live]")
    page.click("#edit")
    page.wait_for_selector("#editor[open] #stage:not([inert])")  # its fields are there
    # Not `wait_for_function`: the page forbids what it polls with.
    wait_until(
        lambda: page.evaluate("document.querySelector('#shot').naturalWidth") == 640
    )
