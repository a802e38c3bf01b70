"""Correcting, recording and looking closer, on the page in a real browser."""

import csv
import io
import threading
import time

import cv2
import numpy as np
import pytest
from browsers import correct
from updates import event, scene_update
from waiting import wait_until

for module in ("starlette", "playwright.sync_api"):
    pytest.importorskip(module, reason="the extra web, and a browser")

from edge_app.live.tracking.track import Event
from edge_app.sinks.corrections.corrections_folder import CorrectionsFolder
from edge_app.sinks.corrections.offered import Corrections
from edge_app.sinks.records.history import History
from edge_app.sinks.web import Web
from train.data import extra

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "kept"


@pytest.fixture
def serve(reader, folder, tmp_path):
    opened = []

    def open_one(*, history=None):
        kept = Corrections(CorrectionsFolder(folder))
        opened.append(
            Web(port=0, open_reader=lambda: reader, corrections=kept, history=history)
        )
        return opened[-1]

    yield open_one
    for opened_page in opened:
        opened_page.close()


@pytest.fixture
def feed(reader):
    """Shows a page to a server again and again, as a camera does."""
    stop, threads = threading.Event(), []
    update = scene_update(reader)

    def work(web):
        while not stop.wait(1 / 15):
            web.write(update)

    def start(web):
        threads.append(threading.Thread(target=work, args=(web,)))
        threads[-1].start()

    yield start
    stop.set()
    for thread in threads:
        thread.join()


def settled(reader, seed=1):
    """A page whose numbers settle."""
    numbers = scene_update(reader, seed=seed).reading.numbers
    events = [
        Event("settled", 1.5, index, number.text, 0.98, number.box_xywh)
        for index, number in enumerate(numbers)
    ]
    return scene_update(reader, seed=seed, events=events)


def kept_files(folder):
    return sorted(
        f"{path.parent.name}/{path.name}"
        for path in folder.glob("*/*")
        if path.is_file()
    )


def test_a_number_of_the_history_is_corrected_and_taken_back(
    serve, open_page, reader, folder
):
    web = serve()
    update = settled(reader)
    web.write(update)
    page = open_page(web.url)
    first = update.reading.numbers[0].text
    button = page.locator(f"#history .fix:has-text('{first}')")
    button.click()
    assert page.input_value("#digits") == first
    assert "Each digit is kept" in page.inner_text("#fix-note")
    page.keyboard.press("Escape")
    given = first[:-1] + str((int(first[-1]) + 1) % 10)
    correct(page, button, given)
    page.wait_for_selector(f"#corrected b:text-is('{given}')")
    assert page.locator("#history .fix.given").inner_text() == given
    split = extra.read(folder, num_outputs=11)
    assert sorted(split.labels) == sorted(map(int, given))
    thumb = page.locator("#corrected img")
    wait_until(lambda: thumb.evaluate("image => image.naturalWidth") > 20)
    # It is still so for who comes later.
    page.reload()
    page.wait_for_selector(f"#history .fix.given:text-is('{given}')")
    page.click("#corrected button:has-text('Undo')")
    page.wait_for_selector(f"#history .fix:not(.given):text-is('{first}')")
    assert kept_files(folder) == []
    wait_until(lambda: page.locator("#corrected li").count() == 0)


def test_no_digit_and_other_than_so_many(serve, open_page, reader, folder):
    web = serve()
    update = settled(reader)
    web.write(update)
    page = open_page(web.url)
    page.wait_for_selector("#history .fix")
    texts = page.locator("#history .fix").all_inner_texts()
    correct(page, page.locator("#history .fix").nth(0), None)
    page.wait_for_selector("#history .fix.given:text-is('no digit')")
    assert {name.split("/")[0] for name in kept_files(folder)} == {"numbers", "reject"}
    page.locator("#history .fix").nth(1).click()
    page.fill("#digits", texts[1] + "1")
    note = page.inner_text("#fix-note")
    assert f"Not {len(texts[1])}, as were read: only the picture is kept" in note
    page.keyboard.press("Enter")
    page.wait_for_selector("#corrected small:has-text('picture only')")
    unmatched = [
        file_name
        for file_name in kept_files(folder)
        if file_name.startswith("unmatched/")
    ]
    assert len(unmatched) == 1
    page.locator("#history .fix").nth(2).click()
    page.fill("#digits", "1x")
    page.keyboard.press("Enter")  # the browser says what is expected
    assert page.locator("#fix[open]").count() == 1


def draw_seven(page):
    box = page.locator("#pad").bounding_box()
    places = [
        (box["x"] + x * box["width"], box["y"] + y * box["height"])
        for x, y in ((0.3, 0.2), (0.6, 0.2), (0.42, 0.8))
    ]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=5)
    page.mouse.up()


def test_a_drawing_and_a_photo_are_corrected(
    serve, open_page, folder, scene_png, reader
):
    page = open_page(serve().url)
    draw_seven(page)
    page.wait_for_selector("#drawn .fix")
    correct(page, page.locator("#drawn .fix"), "1")
    page.wait_for_selector("#drawn .fix.given:text-is('1')")
    (crop,) = [
        file_name for file_name in kept_files(folder) if file_name.startswith("1/")
    ]
    image = cv2.imread(str(folder / crop), cv2.IMREAD_UNCHANGED)
    assert image.shape == (28, 28)
    assert image.max() == 255
    page.set_input_files("#file", scene_png)
    page.wait_for_selector("#found .fix")
    expected = [
        number.text for number in reader.read(cv2.imread(str(scene_png))).numbers
    ]
    assert page.locator("#found .fix").all_inner_texts() == expected
    correct(page, page.locator("#found .fix").nth(1), "0" * len(expected[1]))
    page.wait_for_selector("#corrected li:nth-child(2)")
    assert len(list((folder / "0").iterdir())) == len(expected[1])


def test_everything_is_done_by_keyboard(serve, open_page, reader, folder):
    web = serve()
    web.write(settled(reader))
    page = open_page(web.url)
    page.wait_for_selector("#history .fix")
    focused = "document.activeElement.className + document.activeElement.id"

    def tab_to(wanted):
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate(focused) == wanted:
                return
        raise AssertionError(f"no way to {wanted}")

    tab_to("hide")
    page.keyboard.press("Space")
    assert page.get_attribute("#hide", "aria-pressed") == "true"
    tab_to("fix")
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outline) == "solid"
    page.keyboard.press("Enter")
    page.wait_for_selector("#fix[open]")
    assert page.evaluate(focused) == "digits"
    page.keyboard.press("End")
    page.keyboard.press("Backspace")
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    page.wait_for_selector("#corrected li")
    assert page.evaluate(focused).startswith("fix")  # where it was
    assert kept_files(folder)


def test_without_the_option_nothing_can_be_corrected(reader, open_page):
    web = Web(port=0, open_reader=lambda: reader)
    try:
        web.write(settled(reader))
        page = open_page(web.url)
        page.wait_for_selector("#history li")
        draw_seven(page)
        page.wait_for_selector("#drawn strong:has-text('7')")
        assert page.locator(".fix").count() == 0
        assert page.locator("#corrections").is_hidden()
    finally:
        web.close()


def test_the_history_outlives_the_program(serve, open_page, reader, tmp_path, folder):
    path = tmp_path / "history.db"
    update = settled(reader)
    first = History(path, with_specimens=True)
    web = serve(history=first)
    for sink in (first, web):
        sink.write(update)
    page = open_page(web.url)
    count = len(update.reading.numbers)
    wait_until(lambda: page.locator("#history li").count() == count)
    web.close()
    first.close()
    second = History(path, with_specimens=True)
    web = serve(history=second)
    web.write(scene_update(reader, events=[event("settled", 99, "4711")]))
    page = open_page(web.url)
    wait_until(lambda: page.locator("#history li").count() == count + 1)
    when = time.localtime(update.made_s)
    dates = page.locator("#history time").all_inner_texts()
    assert all(str(when.tm_year) in text and "\n" in text for text in dates)
    oldest = page.locator("#history .fix").last
    assert oldest.inner_text() == update.reading.numbers[0].text
    thumb = page.locator("#history li img").last
    wait_until(lambda: thumb.evaluate("image => image.naturalWidth") > 20)
    correct(page, oldest, "1" * len(oldest.inner_text()))  # what was read before
    page.wait_for_selector("#history .fix.given")
    assert len(list((folder / "1").iterdir())) == len(update.reading.numbers[0].text)
    second.close()


def test_the_history_is_saved_as_a_table(serve, open_page, reader):
    web = serve()
    update = settled(reader)
    web.write(update)
    page = open_page(web.url)
    texts = [number.text for number in update.reading.numbers]
    button = page.locator("#history .fix").last
    correct(page, button, "2" * len(texts[0]))
    page.wait_for_selector("#history .fix.given")
    with page.expect_download() as download:
        page.click("#history-card a")
    assert download.value.suggested_filename.endswith(".csv")
    content = download.value.path().read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert [row["text"] for row in rows] == texts
    assert rows[0]["corrected"] == "2" * len(texts[0])
    assert {row["corrected"] for row in rows[1:]} == {""}
    assert all(row["time"].endswith("+00:00") for row in rows)


def picture_of(page):
    content = page.locator("#picture").screenshot()
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)


def greenness(picture):
    blue, green, red = (picture[..., index].astype(int) for index in range(3))
    return np.mean(green - np.maximum(blue, red) > 40)


def test_boxes_are_hidden_and_shown(serve, open_page, feed):
    web = serve()
    feed(web)
    page = open_page(web.url)
    page.wait_for_selector("#picture:not([hidden])")

    def shows_boxes():
        return greenness(picture_of(page)) > 0.005

    wait_until(shows_boxes)
    page.click("#hide")
    wait_until(lambda: not shows_boxes())
    page.click("#pause")
    page.wait_for_selector("#when:has-text('Read in this picture')")
    assert greenness(picture_of(page)) < 0.005
    page.click("#hide")
    wait_until(lambda: greenness(picture_of(page)) > 0.005)


def test_the_picture_fills_the_screen(serve, open_page, feed):
    web = serve()
    feed(web)
    page = open_page(web.url, viewport={"width": 1280, "height": 800})
    page.wait_for_selector("#picture:not([hidden])")
    page.click("#full")
    wait_until(lambda: page.evaluate("document.fullscreenElement?.className"))
    wait_until(lambda: page.locator(".screen").bounding_box()["width"] == 1280)
    page.click("#full")
    wait_until(lambda: not page.evaluate("document.fullscreenElement"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(390, 844), (1440, 900)])
def test_axe_finds_no_fault(serve, open_page, reader, feed, size, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    web = serve()
    page = open_page(
        web.url,
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    web.write(settled(reader))
    page.wait_for_selector("#history .fix")
    page.wait_for_selector(".number")  # nothing moves any more
    draw_seven(page)
    page.wait_for_selector("#drawn .fix")
    correct(page, page.locator("#drawn .fix"), "1")
    correct(page, page.locator("#history .fix").first, "12")
    page.wait_for_selector("#corrected li:nth-child(2)")
    feed(web)  # what is shown is live, and stays so
    page.wait_for_selector("#state[data-state=live]")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    found = axe.run(page)
    assert found.violations_count == 0, found.generate_report()
    page.locator("#history .fix").first.click()
    found = axe.run(page)
    assert found.violations_count == 0, found.generate_report()
