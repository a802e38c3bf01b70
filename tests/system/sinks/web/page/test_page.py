"""The live page in a real browser: what it shows, on which screens."""

import threading
from datetime import datetime, timedelta

import cv2
import numpy as np
import pytest
from needed import need
from updates import event, scene_update
from waiting import wait_until

pytest.importorskip("starlette", reason="the extra web")
need("playwright", reason="a browser")
from edge_app.common.draw import draw as draw_reading

pytestmark = pytest.mark.slow


@pytest.fixture
def live(web, reader):
    """The page's server while the demo scene moves before the camera."""
    stop = threading.Event()
    updates = [scene_update(reader, time_s=n / 2) for n in range(6)]

    def feed():
        while not stop.is_set():
            for update in updates:
                web.write(update)
                stop.wait(1 / 15)

    thread = threading.Thread(target=feed)
    thread.start()
    yield web
    stop.set()
    thread.join()


def shown(page, name):
    """What the picture looks like on the screen."""
    content = page.locator(name).screenshot()
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)


def test_live_picture_moves_and_numbers_are_told(live, open_page, reader):
    page = open_page(live.url)
    page.wait_for_selector("#state[data-state=live]")
    page.wait_for_selector("#picture:not([hidden])")
    page.wait_for_selector(".number")
    expected = [number.text for number in scene_update(reader).reading.numbers]
    wait_until(lambda: page.locator(".number").all_inner_texts() == expected)
    first = shown(page, "#picture")
    assert first.std() > 20  # no gray box
    wait_until(lambda: np.abs(shown(page, "#picture").astype(int) - first).mean() > 1)
    stages, total = page.evaluate(
        """() => [
            [...document.querySelectorAll("#stages li")].map((each) => each.innerText),
            document.querySelector("#total").innerText,
        ]"""
    )
    names, times = zip(*(stage.split(" ", 1) for stage in stages), strict=True)
    assert names == ("find", "normalize", "classify", "group")
    assert all(time_text.endswith(" ms") for time_text in (*times, total))
    tenths = [
        round(10 * float(time_text.removesuffix(" ms")))
        for time_text in (*times, total)
    ]
    assert sum(tenths[:-1]) == tenths[-1]  # as they are shown


def test_pause_and_go_on(live, open_page):
    page = open_page(live.url)
    page.wait_for_selector("#picture:not([hidden])")
    page.click("#pause")
    page.wait_for_selector("#state:has-text('paused')")
    page.wait_for_selector("#when:has-text('Read in this picture')")
    page.locator("#picture").evaluate("image => image.decode()")  # it is there
    before = page.locator("#picture").screenshot()
    page.wait_for_timeout(500)
    assert page.locator("#picture").screenshot() == before
    page.click("#pause")
    page.wait_for_selector("#state[data-state=live]")
    wait_until(lambda: page.locator("#picture").screenshot() != before)


def saved(page):
    """The two pictures that a click saves, clean and drawn on, and their time."""
    downloads = []

    def keep(download):
        downloads.append(download)

    page.on("download", keep)
    page.click("#save")
    wait_until(lambda: page.wait_for_timeout(50) or len(downloads) == 2)
    page.remove_listener("download", keep)
    # Which of them comes first is the browser's business.
    downloads.sort(key=lambda download: len(download.suggested_filename))
    names = [downloaded.suggested_filename for downloaded in downloads]
    stamp = names[0].removesuffix(".jpg")
    assert names == [f"{stamp}.jpg", f"{stamp}-read.jpg"]
    clean, drawn = (cv2.imread(str(downloaded.path())) for downloaded in downloads)
    return clean, drawn, stamp


def assert_is_of(picture, update):
    clean, drawn, stamp = picture
    frame = update.frame.image
    assert np.abs(clean.astype(int) - frame).mean() < 4  # of 255; pages differ by more
    assert np.abs(drawn.astype(int) - draw_reading(frame, update.reading)).mean() < 4
    assert np.abs(drawn.astype(int) - clean).mean() > 1
    when = datetime.fromtimestamp(update.made_s - update.age_ms / 1000)
    stamped = datetime.strptime(stamp, "edge-digits-%Y%m%d-%H%M%S-%f")
    assert abs(when - stamped) < timedelta(milliseconds=2)


def numbers_of(update):
    return [number.text for number in update.reading.numbers]


def test_what_is_saved_is_what_is_shown(web, open_page, reader):
    pages = [scene_update(reader, seed=seed) for seed in (1, 2, 3)]
    assert np.abs(pages[0].frame.image.astype(int) - pages[1].frame.image).mean() > 4
    shown_numbers = lambda: page.locator(".number").all_inner_texts()  # noqa: E731
    web.write(pages[0])
    page = open_page(web.url)
    page.wait_for_selector(".number")
    assert_is_of(saved(page), pages[0])
    page.click("#pause")
    page.wait_for_selector("#when:has-text('Read in this picture')")
    for update in pages[1:]:
        web.write(update)
    page.wait_for_timeout(500)  # they arrive
    assert shown_numbers() == numbers_of(pages[0])
    assert page.locator("#picture").evaluate("image => image.naturalWidth") == 640
    assert_is_of(saved(page), pages[0])
    page.click("#pause")
    web.write(pages[2])
    wait_until(lambda: shown_numbers() == numbers_of(pages[2]))
    assert_is_of(saved(page), pages[2])
    page.click("#pause")
    page.wait_for_selector("#when:has-text('Read in this picture')")
    web.close()
    page.wait_for_selector("#state[data-state=lost]")
    assert_is_of(saved(page), pages[2])  # without the device
    page.close()


def test_history(web, open_page, reader):
    web.write(scene_update(reader, events=[event("settled", 1)]))
    page = open_page(web.url)
    page.wait_for_selector("#history li:has-text('2927')")
    picture = page.locator("#history img")
    wait_until(lambda: picture.evaluate("image => image.naturalWidth") > 20)
    web.write(scene_update(reader, events=[event("gone", 1)]))
    page.wait_for_selector("#history li.gone")
    assert page.locator("#history li").count() == 2


# WCAG 2.2, relative luminance and contrast ratio; 4.5 is what AA wants of text.
CONTRAST = r"""(selector) => {
    const rgb = (color) => color.match(/[\d.]+/g).map(Number);
    const luminance = (color) => {
        const [r, g, b] = rgb(color).slice(0, 3).map((each) => {
            const c = each / 255;
            return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const shown = document.querySelector(selector);
    let ground = shown;
    while ((rgb(getComputedStyle(ground).backgroundColor)[3] ?? 1) < 1)
        ground = ground.parentElement;
    const [low, high] = [
        luminance(getComputedStyle(shown).color),
        luminance(getComputedStyle(ground).backgroundColor),
    ].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_told_from_its_ground(live, open_page, scheme):
    page = open_page(live.url, color_scheme=scheme)
    page.wait_for_selector("#state[data-state=live]")
    for selector in ("#state", "#history-title", "#stages", "#source", "#hint"):
        assert page.evaluate(CONTRAST, selector) >= 4.5, selector


def test_what_scrolls_is_scrolled_by_keyboard(web, open_page, reader):
    page = open_page(web.url, viewport={"width": 1280, "height": 700})
    events = [event("settled", n) for n in range(40)]
    for n in range(0, 40, 8):
        web.write(scene_update(reader, events=events[n : n + 8]))
    page.wait_for_selector("#history li:nth-child(30)")
    focused = []
    for _ in range(20):
        page.keyboard.press("Tab")
        focused.append(page.evaluate("document.activeElement.id"))
        if focused[-1] == "history":
            break
    assert focused[-1] == "history"
    page.keyboard.press("End")
    top = "document.querySelector('#history').scrollTop"
    wait_until(lambda: page.evaluate(top) > 0)
    # Nothing else that scrolls is out of a keyboard's reach.
    unreachable = """() => [...document.querySelectorAll("body *")].filter((each) =>
        ["auto", "scroll"].includes(getComputedStyle(each).overflowY)
        && each.tabIndex < 0).map((each) => each.id || each.className)"""
    assert page.evaluate(unreachable) == []


def test_idle_page_transfers_little(web, open_page, reader, browser):
    web.write(scene_update(reader, events=[event("settled", n) for n in range(60)]))
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(60_000)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    received = []
    session.on("Network.dataReceived", lambda data: received.append(data["dataLength"]))
    page.goto(web.url)
    page.wait_for_selector("#history li")
    page.wait_for_timeout(6000)
    context.close()
    assert 20_000 < sum(received) < 200_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(390, 844), (320, 568), (820, 1180), (1440, 900)])
def test_fits_every_screen(live, open_page, size, scheme):
    width, height = size
    page = open_page(
        live.url, viewport={"width": width, "height": height}, color_scheme=scheme
    )
    page.wait_for_selector(".number")
    page.wait_for_selector("#picture")  # may come after the first reading
    page.wait_for_selector("#health dd")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    brightness = sum(map(int, ground[4:-1].split(","))) / 3
    assert (brightness > 200) == (scheme == "light")
    for name in ("#picture", "#pad", "#drop", "#health", "#history-card"):
        box = page.locator(name).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["height"] > 20
    on_top = """() => {
        const box = document.querySelector(".number").getBoundingClientRect();
        const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
        return document.elementFromPoint(x, y)?.className;
    }"""
    if width >= 900:  # on smaller ones they are in one line that scrolls
        live_box = page.locator("#live").bounding_box()
        for number in page.locator(".number").all():
            box = number.bounding_box()
            assert box["x"] + box["width"] <= live_box["x"] + live_box["width"]
    page.locator(".number").first.scroll_into_view_if_needed()
    wait_until(lambda: (page.evaluate(on_top) or "").startswith("number"))  # scrolled


def test_colors_can_be_changed_and_are_kept(web, open_page):
    page = open_page(web.url, color_scheme="light")
    read = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(read)
    page.click("#theme")
    dark = page.evaluate(read)
    assert dark != light
    page.reload()
    assert page.evaluate(read) == dark
    page.click("#theme")
    assert page.evaluate(read) == light


def test_hidden_pages_cost_nothing(live, open_page):
    page = open_page(live.url)
    page.wait_for_selector("#picture:not([hidden])")
    wait_until(lambda: live._feed.num_watchers == 2)
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {value: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    wait_until(lambda: live._feed.num_watchers == 0)
