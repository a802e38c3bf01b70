"""What the live page asks for to draw, try and keep fields."""

import base64
import tomllib

import cv2
import numpy as np
import pytest

from edge_app.cli.reader_settings import ReaderSettings
from edge_app.common.errors import SettingsError
from edge_app.live.fields.editing import Editing
from edge_app.live.fields.setup import LiveSetup, Setup, fields_of
from edge_app.live.fields.values.value import FieldReading
from edge_app.reader import Reader
from edge_app.sources.demo.demo_scene import Scene
from edge_app.sources.source import Adjustment

pytestmark = pytest.mark.device

PLACE = [0.1, 0.1, 0.5, 0.2]
QUICK = ReaderSettings(reader="classic")  # no network
PAGE = Scene(seed=1).frame(0.0)[0]


class Lens:
    """A camera that focuses from 0 to 100, and breaks off."""

    def __init__(self):
        self.focus = 5.0

    def adjustments(self):
        return [Adjustment("focus", 0, 100, 1, self.focus, is_automatic=False)]

    def adjust(self, name, value):
        if value == 99:
            raise OSError(5, "Input/output error")
        self.focus = value


@pytest.fixture
def setup():
    fields = fields_of({"water": {"place": PLACE, "unit": "l"}})
    return LiveSetup(Setup(fields=fields))


@pytest.fixture
def editing(setup):
    return Editing(setup, QUICK)


def test_what_holds_now_is_described_with_what_was_read(editing, setup):
    (water,) = setup.now.fields
    description = editing.described({"water": FieldReading(water, "123", value=123)})
    assert (description["rotate"], description["turned"], description["kept_in"]) == (
        "0",
        0,
        None,
    )
    assert (description["camera"], description["reference"], description["marks"]) == (
        [],
        False,
        [],
    )
    (field,) = description["fields"]
    assert (field["name"], field["value"]) == ("water", 123)
    assert field["settings"] == {"place": PLACE, "unit": "l"}
    assert editing.described({})["fields"][0]["value"] is None


def test_only_what_is_said_changes(editing, setup):
    editing.change({"min_confidence": 0.25})
    editing.change({"rotate": "90", "fields": {"gas": {"place": PLACE}}})
    now = setup.now
    assert (now.min_confidence, now.rotate) == (0.25, 90)
    assert [field.name for field in now.fields] == ["gas"]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ([], r"a JSON object expected, got \[\]"),
        ({"color": 1}, "one of rotate, .*, focus expected, got 'color'"),
        ({"min_confidence": 2}, "min_confidence: a number from 0 to 1"),
        ({"rotate": "90", "focus": 1}, "this source has no focus to be set"),
    ],
)
def test_of_what_is_wrong_nothing_changes(editing, setup, wanted, message):
    before = setup.now
    for ask in (editing.change, lambda wanted: editing.tried(wanted, PAGE)):
        if "no focus" in message and ask is not editing.change:
            continue  # a trial sets no camera
        with pytest.raises(SettingsError, match=message):
            ask(wanted)
    assert setup.now is before


def test_a_camera_is_adjusted(editing, setup):
    setup.source = Lens()
    editing.change({"focus": 30})
    assert (setup.source.focus, setup.now.focus) == (30, 30)
    assert editing.described({})["camera"][0]["value"] == 30
    with pytest.raises(SettingsError, match=r"camera refuses that \(Input/output err"):
        editing.change({"focus": 99})
    with pytest.raises(SettingsError, match="no exposure to be set"):
        editing.change({"exposure": 3})
    assert setup.now.focus == 30
    editing.change({"focus": None})
    assert setup.source.focus is None


def test_fields_are_tried_before_they_are_taken(editing, setup):
    number = Reader(finder="classic").read(PAGE).numbers[0]
    x, y, w, h = number.box_xywh
    place = [(x - 8) / 640, (y - 8) / 480, (w + 16) / 640, (h + 16) / 480]
    (tried,) = editing.tried({"fields": {"top": {"place": place, "decimals": 1}}}, PAGE)
    assert (tried["text"], tried["value"]) == (number.text, int(number.text) / 10)
    kind, _, content = tried["picture"].partition(",")
    assert kind == "data:image/jpeg;base64"
    picture = cv2.imdecode(np.frombuffer(base64.b64decode(content), np.uint8), 1)
    cut = PAGE[y - 8 : y + h + 8, x - 8 : x + w + 8]
    shown = cv2.resize(picture, cut.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(shown.astype(int) - cut).mean() < 4  # of 255, as JPEG leaves it
    assert [field.name for field in setup.now.fields] == ["water"]


def test_a_field_is_forgotten_by_its_name(editing, setup):
    assert not editing.forget("gas")
    assert editing.forget("water")
    assert setup.take_forgotten() == {"water"}


def test_a_picture_is_laid_over_the_reference(tmp_path):
    pytest.importorskip("tomlkit", reason="the extra web")
    config = tmp_path / "edge-digits.toml"
    config.write_text("# mine\n")
    setup = LiveSetup(Setup(fields=fields_of({"a": {"place": PLACE}})), config=config)
    editing = Editing(setup, QUICK)
    plain = decoded(editing.picture(PAGE))
    editing.take_reference(PAGE)
    assert setup.now.reference == tmp_path / "reference.jpg"
    assert tomllib.loads(config.read_text())["reference"] == "reference.jpg"
    moved = np.roll(PAGE, (6, 9), (0, 1))
    laid = decoded(editing.picture(moved)).astype(int)
    assert np.abs(laid - plain)[20:-20, 20:-20].mean() < 3
    assert np.abs(decoded(editing.picture(PAGE)).astype(int) - plain).mean() < 3
    editing.take_reference(None)
    assert setup.now.reference is None
    assert "reference" not in config.read_text()


def decoded(content):
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)


def test_a_reference_needs_a_place(editing, tmp_path):
    with pytest.raises(SettingsError, match="kept beside the settings; start with --c"):
        editing.take_reference(PAGE)
    (tmp_path / "file").write_text("")
    setup = LiveSetup(config=tmp_path / "file" / "a.toml")
    with pytest.raises(SettingsError, match=r"reference\.jpg: (File exists|Not a dir)"):
        Editing(setup, QUICK).take_reference(PAGE)
    assert setup.now.reference is None
