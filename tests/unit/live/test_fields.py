"""Fields: their settings, their values over time, and how they follow a camera."""

import time
from dataclasses import replace

import cv2
import numpy as np
import pytest

from edge_app.cli.reader_settings import ReaderSettings
from edge_app.common.errors import SettingsError
from edge_app.live.fields.field import Field
from edge_app.live.fields.locating.align import Marks, Reference
from edge_app.live.fields.locating.located import Located
from edge_app.live.fields.reading.field_reader import LiveReader
from edge_app.live.fields.setup import (
    LiveSetup,
    Setup,
    fields_of,
    marks_of,
    reference_of,
)
from edge_app.live.fields.values.kept_values import KeptValues
from edge_app.live.fields.values.steady_values import Values
from edge_app.live.fields.values.value import FieldReading
from edge_app.live.following import Following
from edge_app.sources.demo.demo_scene import Scene
from edge_app.sources.source import Frame

PLACE = [0.1, 0.1, 0.5, 0.2]
BLANK = np.zeros((4, 4, 3), np.uint8)


@pytest.fixture(scope="module")
def page():
    """The demo scene, and a field around each of its numbers."""
    from edge_app.reader import Reader

    image = Scene(seed=1).frame(0.0)[0]
    reading = Reader().read(image)
    return image, {number.text: _around(number.box_xywh) for number in reading.numbers}


def _around(box_xywh, margin=8):
    x, y, w, h = box_xywh
    whole = (x - margin) / 640, (y - margin) / 480
    return (*whole, (w + 2 * margin) / 640, (h + 2 * margin) / 480)


def test_a_table_says_all_of_a_field():
    table = {
        "place": PLACE,
        "pattern": "[0-9]{5}",
        "decimals": 3,
        "unit": "m³",
        "minimum": 0,
        "maximum": 99,
        "never_falls": True,
        "max_change_per_minute": 0.5,
    }
    field = Field.of("water", table)
    assert field.place == (0.1, 0.1, 0.5, 0.2)
    assert field.value("01234") == 1.234
    assert Field.of("water", field.table()) == field
    assert Field.of("plain", {"place": PLACE}).value("007") == 7


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({}, "field.water.place: .*in fractions of the picture.* got None"),
        (
            {"place": [0.9, 0, 0.2, 0.1]},
            r"field.water.place: .*got \[0.9, 0, 0.2, 0.1\]",
        ),
        ({"place": [10, 20, 30, 40]}, "in fractions"),
        (
            {"place": PLACE, "pattern": "["},
            r"pattern: a regular expression .* got '\['",
        ),
        ({"place": PLACE, "decimals": 1.5}, "decimals: a whole number from 0 to 9"),
        ({"place": PLACE, "minimum": 3, "maximum": 2}, "minimum: at most the maximum"),
        ({"place": PLACE, "never_falls": 1}, "never_falls: true or false"),
        ({"place": PLACE, "max_change_per_minute": -1}, "a number of at least 0"),
        ({"place": PLACE, "units": "l"}, "one of place, pattern.* got 'units'"),
    ],
)
def test_a_wrong_table_says_what_was_expected(table, message):
    with pytest.raises(SettingsError, match=message):
        Field.of("water", table)


def test_names_tables_references_and_marks_are_checked(tmp_path):
    with pytest.raises(SettingsError, match="a field's name of at most 40 letters"):
        Field.of("hot water", {"place": PLACE})
    with pytest.raises(SettingsError, match=r"x.toml: field: tables such as"):
        fields_of(3, "x.toml")
    with pytest.raises(SettingsError, match="a table such as"):
        fields_of({"water": 3})
    with pytest.raises(SettingsError, match="a picture that exists"):
        reference_of("none.jpg", str(tmp_path / "x.toml"))
    (tmp_path / "here.jpg").touch()
    found = reference_of("here.jpg", str(tmp_path / "x.toml"))
    assert found == tmp_path / "here.jpg"
    with pytest.raises(SettingsError, match="four points"):
        marks_of([[0, 0], [1, 0], [1, 1]])
    assert marks_of([[0, 0], [1, 0], [1, 1], [0, 1]])[2] == (1.0, 1.0)


FIELD = Field("water", (0, 0, 1, 1))


def follow(values, field, *seen, every_s=0.2, start_s=0.0):
    """What is known after each of some texts, or faults, at even times."""
    followed = []
    for count, text in enumerate(seen):
        is_fault = text is not None and not text.isdigit()
        read = (
            FieldReading(field, fault=text) if is_fault else FieldReading(field, text)
        )
        frame = Frame(BLANK, start_s + every_s * count)
        (known,) = values.follow([read], frame, forgotten=())
        followed.append(known)
    return followed


def test_a_value_counts_once_it_lasts():
    followed = follow(Values(is_moving=True), FIELD, "12", "12", "12", "17", "12", "12")
    assert [reading.value for reading in followed] == [None, None, 12, 12, 12, 12]
    assert [reading.is_news for reading in followed] == [
        False,
        False,
        True,
        False,
        False,
        False,
    ]


def test_previous_is_the_value_before():
    values = Values(is_moving=False)
    *_, last = follow(values, FIELD, "12", "13", "13")
    assert (last.value, last.previous, last.is_news) == (13, 12, False)


def test_a_fault_counts_once_it_lasts_and_leaves_the_value():
    seen = ["12"] * 3 + ["unreadable: no digits"] * 7 + ["12"] * 3
    followed = follow(Values(is_moving=True), FIELD, *seen)
    assert [reading.fault for reading in followed[:8]] == [None] * 8
    assert [reading.fault for reading in followed[8:12]] == [
        "unreadable: no digits"
    ] * 4
    assert followed[-1].fault is None
    assert {reading.value for reading in followed[2:]} == {12}


@pytest.mark.parametrize(
    ("limits", "seen", "why"),
    [
        ({"minimum": 10}, ["9"], "9 is below 10"),
        ({"maximum": 10}, ["11"], "11 is above 10"),
        ({"never_falls": True}, ["12", "11"], "11 after 12, though it never falls"),
        (
            {"decimals": 1, "never_falls": True},
            ["120", "119"],
            "11.9 after 12.0, though it never falls",
        ),
    ],
)
def test_what_cannot_be_is_implausible(limits, seen, why):
    field = Field("water", (0, 0, 1, 1), **limits)
    *_, last = follow(Values(is_moving=False), field, *seen)
    assert last.fault == f"implausible: {why}"
    assert last.value == (None if len(seen) == 1 else field.value(seen[0]))


def test_a_value_changes_no_faster_than_it_may():
    field = Field("water", (0, 0, 1, 1), max_change_per_minute=10)
    values = Values(is_moving=True)
    followed = follow(values, field, *["100"] * 4, *["101"] * 4, *["150"] * 4)
    assert followed[7].value == 101  # a step is always believed
    assert followed[-1].fault == "implausible: 150 after 101, more than 10 a minute"
    # What goes on being read becomes likely: 49 may take five minutes.
    later = follow(values, field, *["150"] * 3, start_s=301)
    assert (later[-1].value, later[-1].fault) == (150, None)


def test_a_forgotten_value_limits_nothing():
    field = Field("water", (0, 0, 1, 1), never_falls=True)
    values = Values(is_moving=False)
    follow(values, field, "99999")
    frame = Frame(BLANK, 0.0)
    (known,) = values.follow([FieldReading(field, "3")], frame, forgotten=["water"])
    assert (known.value, known.previous, known.fault) == (3, None, None)


@pytest.fixture
def kept_in(tmp_path):
    """Open what keeps values, as one start of the program after the other does."""
    config = tmp_path / "edge-digits.toml"

    def opened(*, camera=None):
        return KeptValues.beside(config, camera)

    return opened


def test_values_outlive_the_program(kept_in, tmp_path):
    field = Field("water", (0, 0, 1, 1), decimals=1, never_falls=True)
    kept = kept_in()
    follow(Values(is_moving=True, kept=kept), field, *["120"] * 3, *["125"] * 3)
    kept.close()
    assert (tmp_path / "edge-digits.values.json").exists()
    kept = kept_in()
    values = Values(is_moving=True, kept=kept)
    followed = follow(values, field, *["119"] * 3, *["125"] * 3, *["130"] * 3)
    kept.close()
    assert [followed[0].value, followed[0].previous, followed[0].is_news] == [
        12.5,
        12.0,
        False,
    ]
    # Who listens now is told at once, though the value is none that is new.
    assert [reading.is_news for reading in followed[1:4]] == [False, True, False]
    assert followed[2].fault == "implausible: 11.9 after 12.5, though it never falls"
    assert followed[5].fault is None
    assert (followed[-1].value, followed[-1].previous) == (13.0, 12.5)
    assert kept_in().earlier["water"].value == 13.0


def test_a_kept_value_is_as_old_as_it_is(kept_in, monkeypatch):
    field = Field("water", (0, 0, 1, 1), max_change_per_minute=10)
    kept = kept_in()
    follow(Values(is_moving=True, kept=kept), field, *["100"] * 3)
    kept.close()
    now = time.time()
    for minutes, fault in ((1, "more than 10 a minute"), (6, None)):
        monkeypatch.setattr(time, "time", lambda late=60 * minutes: now + late)
        kept = kept_in()
        followed = follow(Values(is_moving=True, kept=kept), field, *["150"] * 3)
        assert (fault in followed[-1].fault) if fault else followed[-1].fault is None


def test_a_kept_value_is_forgotten_and_none_of_another_point(kept_in):
    field = Field("water", (0, 0, 1, 1), never_falls=True)
    kept = kept_in(camera="cellar")
    follow(Values(is_moving=True, kept=kept), field, *["900"] * 3)
    kept.close()
    values = Values(is_moving=True, kept=kept_in(camera="cellar"))
    values.follow([], Frame(BLANK, 0.0), forgotten=["water"])
    assert follow(values, field, *["800"] * 3)[-1].value == 800
    values = Values(is_moving=True, kept=kept_in(camera="cellar"))
    other = replace(field, decimals=1)
    assert follow(values, other, *["900"] * 3)[-1].value == 90.0


def test_a_damaged_file_of_values_is_said_and_begun_anew(kept_in, tmp_path, caplog):
    (tmp_path / "edge-digits.values.json").write_text('{"water": 3}')
    kept = kept_in()
    assert "values of before cannot be read" in caplog.text
    follow(Values(is_moving=True, kept=kept), FIELD, *["12"] * 3)
    kept.close()
    assert kept_in().earlier["water"].value == 12


def test_fields_are_read_and_followed(page):
    image, places = page
    fields = tuple(
        Field(f"n{text}", place, pattern=f"[0-9]{{{len(text)}}}")
        for text, place in places.items()
    )
    reader = LiveReader(ReaderSettings(), LiveSetup(Setup(fields=fields)))
    following = Following(is_moving=False)
    reading, events = following.follow(Frame(image, 0.0), reader.read(image))
    assert [f"n{field.text}" for field in reading.fields] == [f.name for f in fields]
    assert [field.value for field in reading.fields] == [int(text) for text in places]
    assert [number.text for number in reading.numbers] == list(places)
    assert [event.kind for event in events] == ["settled"] * len(fields)
    followed = reading.to_dict()["fields"][0]
    assert followed["value"] == int(fields[0].name[1:])
    assert followed["fault"] is None
    for digit in reading.digits:  # back where they are in the frame
        x, y, w, h = digit.box_xywh
        assert image[y : y + h, x : x + w].min() < 128


def test_a_field_without_its_number_says_so(page):
    image, places = page
    text, place = next(iter(places.items()))
    fields = (
        Field("empty", (0.0, 0.97, 0.1, 0.03)),
        Field("other", place, pattern=f"[0-9]{{{len(text) + 2}}}"),
    )
    reader = LiveReader(ReaderSettings(), LiveSetup(Setup(fields=fields)))
    faults = [field.fault for field in reader.read(image).fields]
    assert faults == ["unreadable: no digits", "unreadable: not as the pattern"]
    every = tuple(Field(f"n{name}", place) for name, place in places.items())
    blurred = cv2.GaussianBlur(image, (0, 0), 2.5)
    found = reader.read_fields(blurred, Setup(fields=every)).fields
    least = min(found, key=lambda field: field.confidence)
    assert least.confidence < 0.999
    for share, fault in ((0.999, None), (1.001, "unreadable: unsure")):
        strict = Setup(fields=every, min_confidence=share * least.confidence)
        again = reader.read_fields(blurred, strict).fields[found.index(least)]
        assert again.fault == fault
        assert (again.text is None) == (fault is not None)


def knocked(image, shift_xy, degrees):
    middle = image.shape[1] / 2, image.shape[0] / 2
    motion = cv2.getRotationMatrix2D(middle, degrees, 1.0)
    motion[:, 2] += shift_xy
    size_wh = image.shape[1::-1]
    moved = cv2.warpAffine(image, motion, size_wh, borderMode=cv2.BORDER_REPLICATE)
    return moved, np.vstack([motion, [0, 0, 1]])


def test_fields_follow_a_knocked_camera(page, tmp_path):
    image, places = page
    cv2.imwrite(str(tmp_path / "reference.png"), image)
    # All but one number may have changed since, and are not compared.
    fields = (Field("first", next(iter(places.values()))),)
    setup = Setup(fields=fields, reference=tmp_path / "reference.png")
    reader = LiveReader(ReaderSettings(), LiveSetup(setup))
    moved, truth = knocked(image, (25, -18), 2.5)
    reading = reader.read(moved)
    assert reading.fields[0].text == next(iter(places))
    alignment = Reference(image, [fields[0].place])
    x, y, w, h = fields[0].place
    corner = np.array([(x + w / 2) * 640, (y + h / 2) * 480, 1])
    found = alignment.matrix(moved) @ [x + w / 2, y + h / 2, 1]
    assert np.allclose(found[:2] / found[2], (truth @ corner)[:2], atol=1.5)


def test_another_picture_means_that_the_camera_moved(page, tmp_path):
    image, places = page
    cv2.imwrite(str(tmp_path / "reference.png"), image)
    setup = Setup(
        fields=(Field("first", next(iter(places.values()))),),
        reference=tmp_path / "reference.png",
    )
    reader = LiveReader(ReaderSettings(), LiveSetup(setup))
    rng = np.random.default_rng(1)
    other = rng.integers(0, 255, (480, 640, 3), np.uint8)
    assert [field.fault for field in reader.read(other).fields] == ["camera moved"]
    assert reader.read(image).fields[0].fault is None


def test_a_frame_that_stays_is_not_looked_at_again(page, tmp_path):
    image, places = page
    cv2.imwrite(str(tmp_path / "reference.png"), image)
    fields = (Field("first", next(iter(places.values()))),)
    located = Located(Setup(fields=fields, reference=tmp_path / "reference.png"))
    first = located.matrix(image)
    noise = np.random.default_rng(1).normal(0, 4, image.shape)
    noisy = np.clip(image + noise, 0, 255).astype(np.uint8)
    assert located.matrix(noisy) is first
    moved, _ = knocked(image, (3, 0), 0)
    assert located.matrix(moved) is not first


def test_a_reference_that_is_no_picture_is_one_line(tmp_path):
    (tmp_path / "reference.jpg").write_text("no picture")
    setup = Setup(fields=(FIELD,), reference=tmp_path / "reference.jpg")
    with pytest.raises(SettingsError, match=r"reference: .*reference\.jpg"):
        Located(setup)


def test_marks_say_where_fields_are():
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    image = np.full((600, 800, 3), 230, np.uint8)
    places = [(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)]
    for number, (x, y) in enumerate(places):
        mark = cv2.aruco.generateImageMarker(dictionary, number, 60)
        left, top = round(800 * x) - 30, round(600 * y) - 30
        image[top : top + 60, left : left + 60] = mark[..., None]
    moved, truth = knocked(image, (10, 8), 3)
    matrix = Marks(places).matrix(moved)
    found = matrix @ [0.4, 0.6, 1]
    assert np.allclose(found[:2] / found[2], (truth @ [320, 360, 1])[:2], atol=2)
    moved[:300] = 230
    assert Marks(places).matrix(moved) is None
