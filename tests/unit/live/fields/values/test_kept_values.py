"""Values of fields in a file, from one start of the program to the next."""

import json
import time
from dataclasses import replace

import pytest
from tracks import BLANK, values_followed

from edge_app.live.fields.field import Field
from edge_app.live.fields.values.kept_values import KeptValues
from edge_app.live.fields.values.steady_values import Values
from edge_app.sources.source import Frame

FIELD = Field("water", (0, 0, 1, 1))


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
    values_followed(
        Values(is_moving=True, kept=kept), field, *["120"] * 3, *["125"] * 3
    )
    kept.close()
    assert (tmp_path / "edge-digits.values.json").exists()
    kept = kept_in()
    values = Values(is_moving=True, kept=kept)
    followed = values_followed(values, field, *["119"] * 3, *["125"] * 3, *["130"] * 3)
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
    values_followed(Values(is_moving=True, kept=kept), field, *["100"] * 3)
    kept.close()
    now = time.time()
    for minutes, fault in ((1, "more than 10 a minute"), (6, None)):
        monkeypatch.setattr(time, "time", lambda late=60 * minutes: now + late)
        kept = kept_in()
        followed = values_followed(
            Values(is_moving=True, kept=kept), field, *["150"] * 3
        )
        assert (fault in followed[-1].fault) if fault else followed[-1].fault is None


def test_a_kept_value_is_forgotten_and_none_of_another_point(kept_in):
    field = Field("water", (0, 0, 1, 1), never_falls=True)
    kept = kept_in(camera="cellar")
    values_followed(Values(is_moving=True, kept=kept), field, *["900"] * 3)
    kept.close()
    values = Values(is_moving=True, kept=kept_in(camera="cellar"))
    values.follow([], Frame(BLANK, 0.0), forgotten=["water"])
    assert values_followed(values, field, *["800"] * 3)[-1].value == 800
    values = Values(is_moving=True, kept=kept_in(camera="cellar"))
    other = replace(field, decimals=1)
    assert values_followed(values, other, *["900"] * 3)[-1].value == 90.0


def test_a_damaged_file_of_values_is_said_and_begun_anew(kept_in, tmp_path, caplog):
    (tmp_path / "edge-digits.values.json").write_text('{"water": 3}')
    kept = kept_in()
    assert "values of before cannot be read" in caplog.text
    values_followed(Values(is_moving=True, kept=kept), FIELD, *["12"] * 3)
    kept.close()
    assert kept_in().earlier["water"].value == 12


def test_each_camera_has_a_file_of_its_own(kept_in, tmp_path):
    for camera, text in (("cellar", "900"), ("attic", "800")):
        kept = kept_in(camera=camera)
        values_followed(Values(is_moving=True, kept=kept), FIELD, *[text] * 3)
        kept.close()
    files = sorted(tmp_path.glob("*.values.json"))
    assert [
        (path.name, json.loads(path.read_text())["water"]["value"]) for path in files
    ] == [
        ("edge-digits-attic.values.json", 800),
        ("edge-digits-cellar.values.json", 900),
    ]
    assert kept_in().earlier == {}
