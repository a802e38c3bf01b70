"""The cameras of a settings file and of the command line."""

import argparse
import re
import tomllib
from pathlib import Path

import pytest
from places import ROOT

from edge_app.cli import camera_tables, run_options
from edge_app.cli.run_settings import CAMERA_TABLES, TABLES
from edge_app.cli.settings_file import SettingSources
from edge_app.common.errors import SettingsError

pytestmark = pytest.mark.device

FILE = """
[camera.cellar]
source = "rtsp://cellar/live"
rotate = "180"
min-confidence = 0.5

[camera.cellar.field.gas]
place = [0.1, 0.2, 0.3, 0.1]

[camera.roof]
source = 1
size = "320x240"
"""


@pytest.fixture
def parser():
    parser = argparse.ArgumentParser()
    run_options.add_run_options(parser)
    run_options.add_model_option(parser)
    return parser


@pytest.fixture
def settings(parser):
    def settings(text):
        made = SettingSources(parser, tables=TABLES)
        made.path, made.tables = Path("x.toml"), tomllib.loads(text)
        return made

    return settings


@pytest.fixture
def arguments(parser):
    return parser.parse_args(["--fps", "5", "--min-confidence", "0.2"])


def test_a_camera_has_its_own_options_and_those_of_all(settings, arguments):
    found = camera_tables.cameras_of(settings(FILE), arguments)
    assert list(found) == ["cellar", "roof"]
    (cellar, tables), (roof, nothing) = found.values()
    assert (cellar.source, cellar.rotate, cellar.fps) == (
        "rtsp://cellar/live",
        "180",
        5,
    )
    assert (cellar.min_confidence, roof.min_confidence) == (0.5, 0.2)
    assert tables == {"field": {"gas": {"place": [0.1, 0.2, 0.3, 0.1]}}}
    assert (roof.source, roof.size, roof.rotate) == ("1", (320, 240), "0")
    assert nothing == {}
    assert arguments.min_confidence == 0.2


def test_the_guide_names_what_a_table_takes():
    guide = (ROOT / "docs" / "live.md").read_text(encoding="utf-8")
    keys, tables = re.search(
        r"its table takes (.+?), and below it (.+?)\.", guide, re.S
    ).groups()
    assert set(re.findall("`([^`]+)`", keys)) == set(camera_tables.CAMERA_KEYS)
    assert {"field", *re.findall("`([^`]+)`", tables)} == set(CAMERA_TABLES)


def test_without_cameras_there_are_none(settings, arguments):
    fields = settings("[field.gas]\nplace = [0, 0, 1, 1]")
    assert camera_tables.cameras_of(fields, arguments) == {}
    camera_tables.check(fields, arguments)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "camera = 3",
            "x.toml: camera: tables such as [camera.cellar] expected, got 3",
        ),
        (
            "[camera]\nsource = '1'",
            "x.toml: camera.source: a table with a source expec",
        ),
        ("[camera.a]\nfps = 3", "x.toml: camera.a: a table with a source expected"),
        (
            "[camera.a]\nsorce = '1'",
            "x.toml: camera.a: no setting is called sorce; did you mean source?",
        ),
        (
            "[camera.'a b']\nsource = '1'",
            "x.toml: camera.a b: a name of at most 40 let",
        ),
        (
            "[camera.a]\nsource = '1'\nport = 1",
            "x.toml: camera.a: no setting is called",
        ),
        ("[camera.a]\nsource = '1'\nfps = 'x'", "x.toml: camera.a.fps: "),
        (
            "[field.gas]\nplace = [0, 0, 1, 1]\n[camera.a]\nsource = '1'",
            "x.toml: fields below their camera expected, such as [camera.a.field.",
        ),
        (
            "[camera.a]\nsource = '1'\n[camera.a.field.gas]\nplace = 1",
            "x.toml: field.gas.place: [x, y, width, height]",
        ),
    ],
)
def test_what_is_wrong_with_a_table_is_one_line(settings, arguments, text, message):
    with pytest.raises(SettingsError) as caught:
        camera_tables.check(settings(text), arguments)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def sources_of(made):
    cameras = made.tables.get("camera", {})
    return {name: table["source"] for name, table in cameras.items()}


def test_several_sources_are_cameras(settings, arguments):
    made = settings("")
    camera_tables.add_sources(made, ["0", "roof=http://roof/a=b", "my-cam"])
    assert sources_of(made) == {
        "camera1": "0",
        "roof": "http://roof/a=b",
        "camera3": "my-cam",
    }
    # A URL's parameters name no camera.
    made = settings("")
    camera_tables.add_sources(made, ["http://a/?b=c", "http://a/?b=d"])
    assert list(sources_of(made)) == ["camera1", "camera2"]


def test_what_the_file_says_of_a_camera_of_that_name_holds(settings, arguments):
    made = settings(FILE)
    camera_tables.add_sources(made, ["cellar=demo", "0"])
    found = camera_tables.cameras_of(made, arguments)
    assert list(found) == ["cellar", "camera2"]
    cellar, tables = found["cellar"]
    assert (cellar.source, cellar.rotate) == ("demo", "180")
    assert "gas" in tables["field"]


def test_one_source_is_no_camera_of_a_name(settings):
    made = settings(FILE)
    camera_tables.add_sources(made, ["roof=demo"])
    assert sources_of(made) == {"cellar": "rtsp://cellar/live", "roof": 1}
    with pytest.raises(SettingsError, match="source: two sources are called roof"):
        camera_tables.add_sources(made, ["roof=demo", "roof=0"])
