"""Settings files that are written while the program runs."""

import argparse
import stat
import tomllib

import pytest

from edge_app.cli.save_settings import save
from edge_app.common.errors import SettingsError
from edge_app.live.fields.setup import Setup, fields_of, setup_of

pytest.importorskip("tomlkit", reason="the extra web")

pytestmark = pytest.mark.device

TEXT = """\
# the cellar
rotate = "90"  # the camera hangs
port = 8000

[field.water]
place = [0.1, 0.2, 0.3, 0.1]  # above the wheel
unit = "m³"

[field.gas]
place = [0.5, 0.2, 0.3, 0.1]
"""
PLACE = [0.1, 0.2, 0.3, 0.1]  # of the water
POWER = {"place": [0.0, 0.0, 0.5, 0.5], "decimals": 1}


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "edge-digits.toml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def lines(path):
    return path.read_text(encoding="utf-8").splitlines()


def setup_in(path):
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    said = argparse.Namespace(
        rotate=tables.get("rotate", 0),
        min_confidence=tables.get("min-confidence", 0.0),
        exposure=tables.get("exposure"),
        focus=tables.get("focus"),
    )
    return setup_of(tables, path, said)


def test_what_stays_as_it_was_is_not_written_anew(config):
    save(config, setup_in(config))
    assert lines(config) == TEXT.splitlines()


def test_fields_come_and_go_and_the_rest_keeps_its_comments(config):
    water = {"place": PLACE, "decimals": 3}  # without its unit
    setup = Setup(rotate=90, fields=fields_of({"water": water, "power": POWER}))
    save(config, setup)
    assert setup_in(config) == setup
    assert lines(config)[:6] == TEXT.splitlines()[:6]
    save(config, Setup(rotate=90))
    assert "field" not in tomllib.loads(config.read_text(encoding="utf-8"))
    assert lines(config)[:3] == TEXT.splitlines()[:3]


def test_a_mark_of_the_byte_order_is_left_out(config):
    config.write_text(TEXT, encoding="utf-8-sig")
    save(config, Setup(rotate=90))
    assert lines(config)[:3] == TEXT.splitlines()[:3]


def test_all_of_a_setup_is_read_as_it_was_saved(config):
    (config.parent / "page.png").touch()
    setup = Setup(
        rotate="auto",
        min_confidence=0.5,
        fields=fields_of({"power": POWER}),
        reference=config.parent / "page.png",
        exposure_ms=4.0,
        focus=20.0,
    )
    save(config, setup)
    assert setup_in(config) == setup
    assert 'reference = "page.png"' in lines(config)  # beside the file
    marks = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))
    save(config, Setup(marks=marks))
    assert setup_in(config) == Setup(marks=marks)
    kept = tomllib.loads(config.read_text(encoding="utf-8"))
    assert not {"reference", "exposure", "focus", "field"} & kept.keys()


def test_a_setup_of_one_of_several_cameras_changes_its_table_alone(config):
    cameras = '[camera.attic]\nsource = "1"\n[camera.cellar]\nsource = "2"\n'
    config.write_text(cameras)
    save(config, Setup(rotate=180, fields=fields_of({"power": POWER})), camera="cellar")
    assert tomllib.loads(config.read_text())["camera"] == {
        "attic": {"source": "1"},
        "cellar": {"source": "2", "rotate": "180", "field": {"power": POWER}},
    }


def test_nobody_else_may_read_it_who_could_not_before(config):
    config.chmod(0o600)
    save(config, Setup(rotate=180))
    assert stat.S_IMODE(config.stat().st_mode) == 0o600


def test_what_cannot_be_written_is_told_and_left_as_it_is(config):
    config.write_text("rotate = \n")
    with pytest.raises(SettingsError, match=r"edge-digits\.toml: cannot be written \("):
        save(config, Setup(rotate=180))
    assert config.read_text() == "rotate = \n"
    with pytest.raises(SettingsError, match=r"lost\.toml: cannot be written \("):
        save(config.parent / "lost.toml", Setup())
