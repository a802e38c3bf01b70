"""Fields drawn, tried and kept on the page, in a real browser."""

import threading
import tomllib

import pytest
from needed import need

pytest.importorskip("starlette", reason="the extra web")
pytest.importorskip("tomlkit", reason="the extra web")
need("playwright", reason="a browser")

from browsers import draw_with_finger, on_stage, open_editor, tap_until
from updates import scene_update
from waiting import wait_until

from edge_app.cli.reader_settings import ReaderSettings
from edge_app.live.fields.reading.field_reader import LiveReader
from edge_app.live.fields.setup import LiveSetup, Setup
from edge_app.live.following import Following
from edge_app.sinks.sink import Update
from edge_app.sinks.web import Web
from edge_app.sources.source import Adjustment, Frame

pytestmark = pytest.mark.slow

CONFIG = 'source = "demo"  # mine\n'


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "edge-digits.toml"
    path.write_text(CONFIG)
    return path


@pytest.fixture
def scene(reader):
    return scene_update(reader)


@pytest.fixture
def setup(config):
    return LiveSetup(Setup(), config=config)


@pytest.fixture
def live(reader, scene, setup):
    """The page's server, and a reader of one picture that follows its setup."""
    web = Web(port=0, open_reader=lambda: reader, setup=setup)
    stop = threading.Event()

    def feed():
        live_reader = LiveReader(ReaderSettings(), setup)
        following = Following(is_moving=False, setup=setup)
        number = 0
        while not stop.is_set():
            frame = Frame(scene.frame.image, number / 5)
            reading, events = following.follow(frame, live_reader.read(frame.image))
            web.write(Update("demo", frame, reading, events, 5.0))
            number += 1
            stop.wait(0.2)

    thread = threading.Thread(target=feed)
    thread.start()
    yield web
    stop.set()
    thread.join()
    web.close()


def drag(page, start, end):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def kept(config):
    return tomllib.loads(config.read_text()).get("field", {})


def test_a_field_is_drawn_named_tried_and_kept(live, open_page, scene, config):
    first = scene.reading.numbers[0]
    page = open_page(live.url)
    open_editor(page)
    drag(page, *on_stage(page, first.box_xywh))
    page.wait_for_selector("#field:not([hidden])")
    page.fill("#field [name=name]", "water")
    page.fill("#field [name=unit]", "l")
    page.fill("#field [name=decimals]", "1")
    page.click("#try")
    value = f"{int(first.text) / 10:g}"
    page.wait_for_selector(f"#tried li:has-text('water: {value} l')")
    assert kept(config) == {}
    page.click("#keep")
    page.wait_for_selector("#said:has-text('Saved in')")
    assert config.read_text().startswith(CONFIG)
    table = kept(config)["water"]
    assert (table["unit"], table["decimals"]) == ("l", 1)
    x, _, _, h = table["place"]
    assert abs(640 * x - (first.box_xywh[0] - 8)) < 3
    assert abs(480 * h - (first.box_xywh[3] + 16)) < 3
    page.click("#forget")
    page.wait_for_selector("#said:has-text('The next value of water')")
    page.click("#editor button:has-text('Close')")
    page.wait_for_selector(f"#fields li:has-text('{value} l')")
    assert page.locator("#numbers").is_hidden()


def test_a_field_is_moved_sized_and_removed(live, open_page, scene, config):
    first, second = scene.reading.numbers[:2]
    page = open_page(live.url)
    open_editor(page)
    start, end = on_stage(page, first.box_xywh)
    drag(page, start, end)
    place = "document.querySelector('.box').field.settings.place"
    x, y, w, h = page.evaluate(place)
    middle = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    drag(page, middle, (middle[0] + 30, middle[1] + 20))
    moved = page.evaluate(place)
    assert moved[0] > x
    assert moved[1] > y
    assert moved[2:] == [w, h]
    corner = page.locator(".box i").bounding_box()
    at = corner["x"] + corner["width"] / 2, corner["y"] + corner["height"] / 2
    drag(page, at, (at[0] + 25, at[1] + 15))
    sized = page.evaluate(place)
    assert sized[:2] == moved[:2]
    assert sized[2] > w
    assert sized[3] > h
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowUp")
    keyed = page.evaluate(place)
    assert keyed[0] < sized[0]
    assert keyed[3] < sized[3]
    page.mouse.click(*on_stage(page, second.box_xywh)[1])  # a tap draws nothing
    assert page.locator(".box").count() == 1
    page.click("#remove")
    assert page.locator(".box").count() == 0


def test_what_is_wrong_is_said(live, browser, scene, config):
    page = browser.new_page()  # one whose console may tell of an answer's status
    page.set_default_timeout(60_000)
    page.goto(live.url)
    open_editor(page)
    drag(page, *on_stage(page, scene.reading.numbers[0].box_xywh))
    page.fill("#field [name=pattern]", "[")
    page.click("#keep")
    page.wait_for_selector("#said.error:has-text('a regular expression')")
    page.close()
    assert config.read_text() == CONFIG


def test_the_picture_is_turned_and_confidence_is_chosen(live, open_page, config):
    page = open_page(live.url)
    open_editor(page)
    page.fill("#least", "40")
    assert page.inner_text("#least-said") == "40%"
    page.click("#turn")
    wait_until(lambda: tomllib.loads(config.read_text()).get("rotate") == "90")
    assert tomllib.loads(config.read_text())["min-confidence"] == 0.4


class Adjustable:
    """A camera with an exposure, which no machine that tests has."""

    def __init__(self):
        self.given = []

    def adjustments(self):
        value = self.given[-1] if self.given else None
        return [Adjustment("exposure", 1.0, 50.0, 0.5, value or 20.0, value is None)]

    def adjust(self, name, value):
        assert name == "exposure"
        self.given.append(value)


def test_exposure_is_set_and_left_to_the_camera(setup, live, open_page, config):
    page = open_page(live.url)
    open_editor(page)
    assert page.locator("#camera p").count() == 0
    page.click("#editor button:has-text('Close')")
    setup.source = camera = Adjustable()
    open_editor(page)
    page.wait_for_selector("#camera output:text-is('automatic')")
    page.fill("#camera [type=range]", "8.5")
    page.wait_for_selector("#camera output:text-is('8.5 ms')")
    wait_until(lambda: tomllib.loads(config.read_text()).get("exposure") == 8.5)
    wait_until(lambda: page.text_content("#said") == "")  # no longer adjusting
    page.check("#camera [type=checkbox]")
    wait_until(lambda: "exposure" not in tomllib.loads(config.read_text()))
    assert camera.given == [8.5, None]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(390, 844), (1440, 900)])
def test_axe_finds_no_fault_in_the_editor(setup, live, open_page, scene, size, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    setup.source = Adjustable()
    page = open_page(
        live.url,
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    open_editor(page)
    drag(page, *on_stage(page, scene.reading.numbers[0].box_xywh))
    page.click("#try")
    page.wait_for_selector("#tried li")
    assert page.evaluate("document.querySelector('#editor').scrollWidth") <= size[0]
    found = axe.run(page)
    assert found.violations_count == 0, found.generate_report()


def test_a_reference_is_taken(live, open_page, scene, config):
    page = open_page(live.url)
    open_editor(page)
    drag(page, *on_stage(page, scene.reading.numbers[0].box_xywh))
    page.check("#follow")
    wait_until(lambda: (config.parent / "reference.jpg").exists())
    wait_until(lambda: "reference" in tomllib.loads(config.read_text()))
    page.click("#editor button:has-text('Close')")
    page.wait_for_selector(
        f"#fields li:has-text('{int(scene.reading.numbers[0].text)}')"
    )
    assert page.locator("#fields .unsure").count() == 0


def test_a_finger_draws_on_a_phone(live, open_page, scene):
    page = open_page(
        live.url,
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        device_scale_factor=2,
    )
    open_editor(page)
    draw_with_finger(page, *on_stage(page, scene.reading.numbers[0].box_xywh))
    page.wait_for_selector("#field:not([hidden])")
    tried = f"#tried li:has-text('{scene.reading.numbers[0].text}')"
    tap_until(page, "#try", tried)
    # Nothing is wider than the screen.
    assert page.evaluate("document.querySelector('#editor').scrollWidth") <= 390
