"""Digits drawn on the live page, and photographs given to it, in a real browser."""

import itertools

import cv2
import numpy as np
import pytest
from needed import need

pytest.importorskip("starlette", reason="the extra web")
need("playwright", reason="a browser")

pytestmark = pytest.mark.slow

SEVEN = ((0.3, 0.2), (0.6, 0.2), (0.42, 0.8))


def draw(page, *strokes):
    box = page.locator("#pad").bounding_box()
    for stroke in strokes:
        places = [
            (box["x"] + box["width"] * x, box["y"] + box["height"] * y)
            for x, y in stroke
        ]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place, steps=5)
        page.mouse.up()


def test_a_drawn_digit_is_read(web, open_page):
    page = open_page(web.url)
    draw(page, SEVEN)
    page.wait_for_selector("#drawn strong")
    assert page.locator("#drawn strong").inner_text() == "7"
    page.click("#clear")
    assert page.locator("#drawn strong").count() == 0


def test_digits_drawn_with_a_finger_are_read(web, open_page):
    page = open_page(
        web.url,
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        reduced_motion="reduce",  # what is scrolled to is there at once
    )
    page.locator("#pad").scroll_into_view_if_needed()
    box = page.locator("#pad").bounding_box()
    session = page.context.new_cdp_session(page)

    def touch(kind, *places):
        points = [
            {"x": box["x"] + box["width"] * x, "y": box["y"] + box["height"] * y}
            for x, y in places
        ]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    for left in (0.0, 0.4):
        places = [(0.15 + left, 0.2), (0.38 + left, 0.2), (0.25 + left, 0.8)]
        touch("touchStart", places[0])
        for (x0, y0), (x1, y1) in itertools.pairwise(places):
            for step in np.linspace(0, 1, 6):
                touch("touchMove", (x0 + step * (x1 - x0), y0 + step * (y1 - y0)))
        touch("touchEnd")
    page.wait_for_selector("#drawn strong:has-text('77')")


def test_a_dropped_photo_is_read(web, open_page, scene_png, reader):
    page = open_page(web.url)
    expected = [n.text for n in reader.read(cv2.imread(str(scene_png))).numbers]
    content = list(scene_png.read_bytes())
    transfer = page.evaluate_handle(
        """bytes => {
          const transfer = new DataTransfer();
          const file = new File([new Uint8Array(bytes)], "a.png", {type: "image/png"});
          transfer.items.add(file);
          return transfer;
        }""",
        content,
    )
    page.dispatch_event("#drop", "drop", {"dataTransfer": transfer})
    page.wait_for_selector("#found strong")
    assert page.locator("#found strong").inner_text().split() == expected
    assert page.locator("#photographed").is_visible()


def test_a_large_photo_is_chosen_and_what_is_none_is_refused(
    web, open_page, tmp_path, scene_png
):
    large = tmp_path / "large.jpg"
    cv2.imwrite(str(large), cv2.resize(cv2.imread(str(scene_png)), (4800, 3600)))
    page = open_page(web.url)
    page.set_input_files("#file", large)  # 17 megapixels, above what the server takes
    page.wait_for_selector("#found strong")
    (tmp_path / "none.jpg").write_bytes(b"no picture")
    page.set_input_files("#file", tmp_path / "none.jpg")
    page.wait_for_selector("#found .error:has-text('no picture')")
