"""The setup by which a live source is read, of the settings file and of options."""

from argparse import Namespace

import pytest

from edge_app.common.errors import SettingsError
from edge_app.live.fields.field import Field
from edge_app.live.fields.setup import (
    LiveSetup,
    Setup,
    exposure_of,
    fields_of,
    focus_of,
    marks_of,
    reference_of,
    rotation_of,
    setup_of,
    share_of,
)

PLACE = [0.1, 0.1, 0.5, 0.2]
CORNERS = [[0, 0], [1, 0], [1, 1], [0, 1]]
OPTIONS = Namespace(rotate="90", min_confidence=0.25, exposure=None, focus=3.0)


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


def test_the_file_and_the_options_make_one_setup(tmp_path):
    (tmp_path / "here.jpg").touch()
    tables = {"field": {"water": {"place": PLACE}}, "reference": "here.jpg"}
    setup = setup_of(tables, tmp_path / "a.toml", OPTIONS)
    assert setup == Setup(
        rotate=90,
        min_confidence=0.25,
        fields=(Field("water", (0.1, 0.1, 0.5, 0.2)),),
        reference=tmp_path / "here.jpg",
        focus=3.0,
    )
    assert setup.is_followed
    assert not setup_of({}, None, OPTIONS).is_followed
    with pytest.raises(SettingsError, match="reference or marks expected, got both"):
        setup_of(tables | {"marks": CORNERS}, tmp_path / "a.toml", OPTIONS)


@pytest.mark.parametrize(("value", "turn"), [("0", 0), (270, 270), ("auto", "auto")])
def test_a_turn_is_a_quarter_or_found_out(value, turn):
    assert rotation_of(value) == turn


@pytest.mark.parametrize(
    ("of", "message"),
    [
        (lambda: rotation_of("45"), "rotate: 0, 90, 180, 270 or auto expected, got"),
        (lambda: share_of(1.5, "sure"), "sure: a number from 0 to 1 expected, got 1.5"),
        (lambda: share_of(True, "sure"), "sure: a number from 0 to 1 expected, got T"),
        (lambda: focus_of(-1), "focus: a number of at least 0 expected, got -1"),
        (lambda: focus_of(float("inf")), "at least 0 expected, got inf"),
        (lambda: exposure_of(0), "exposure: a number above 0 expected, got 0"),
        (lambda: exposure_of("4"), "exposure: a number above 0 expected, got '4'"),
    ],
)
def test_a_wrong_number_says_what_was_expected(of, message):
    with pytest.raises(SettingsError, match=message):
        of()


def test_numbers_at_their_limits_are_taken():
    assert (share_of(0, "sure"), share_of(1, "sure")) == (0.0, 1.0)
    assert (focus_of(0), focus_of(None)) == (0.0, None)
    assert (exposure_of(0.1), exposure_of(None)) == (0.1, None)


def test_a_turn_that_was_found_holds_until_another_is_asked_for():
    live = LiveSetup(Setup(rotate="auto"))
    assert live.turn() is None
    live.found(180)
    live.change(Setup(rotate="auto", min_confidence=0.5))
    assert live.turn() == 180
    live.change(Setup(rotate=90))
    assert live.turn() == 90
    live.change(Setup(rotate="auto"))
    assert live.turn() is None


def test_a_field_is_forgotten_once():
    live = LiveSetup()
    live.forget("water")
    live.forget("gas")
    assert live.take_forgotten() == {"water", "gas"}
    assert live.take_forgotten() == set()
