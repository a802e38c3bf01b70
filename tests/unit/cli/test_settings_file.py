import argparse

import pytest

from edge_app.__main__ import main
from edge_app.cli import settings_file
from edge_app.cli.settings_file import SettingSources
from edge_app.common.errors import SettingsError

pytestmark = pytest.mark.device


@pytest.fixture
def printed(monkeypatch, capsys):
    def printed(*options, **environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        status = main(["run", *options, "--print-config"])
        out, err = capsys.readouterr()
        return status, out.splitlines(), err

    return printed


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "edge-digits.toml"
    path.write_text(
        'source = "1"\nsize = "1280x720"\nfps = 12.5\nport = 80\n'
        'every-frame = true\ntoken = "a-secret-of-mine"\nlog-level = "info"\n'
    )
    return path


def test_options_win_over_the_environment_and_that_over_the_file(printed, config):
    status, lines, err = printed(
        "--config", str(config), "--source", "3", EDGE_DIGITS_SOURCE="2",
        EDGE_DIGITS_PORT="81", EDGE_DIGITS_VIEW="text",
    )  # fmt: skip
    assert (status, err) == (0, "")
    assert 'source = "3"  # an option' in lines
    assert "port = 81  # EDGE_DIGITS_PORT" in lines
    assert 'view = "text"  # EDGE_DIGITS_VIEW' in lines
    assert f'size = "1280x720"  # {config}' in lines
    assert f"fps = 12.5  # {config}" in lines
    assert f"every-frame = true  # {config}" in lines
    assert 'host = "127.0.0.1"  # default' in lines
    assert "# jsonl is not set" in lines


def test_what_is_printed_is_a_file_that_sets_the_same(printed, config, tmp_path):
    _, lines, _ = printed("--config", str(config), "--exposure", "4.5")
    again = tmp_path / "again.toml"
    again.write_text("\n".join(lines))
    _, second, _ = printed("--config", str(again))
    values = [line.split("  #")[0] for line in lines if "token" not in line]
    assert values == [line.split("  #")[0] for line in second if "token" not in line]


def test_secrets_are_not_printed(printed, config):
    _, lines, _ = printed(
        "--config", str(config), "--mqtt", "mqtts://me:hidden@broker/topic",
        EDGE_DIGITS_MQTT_PASSWORD="hidden",
    )  # fmt: skip
    text = "\n".join(lines)
    assert "a-secret-of-mine" not in text
    assert "hidden" not in text
    assert 'mqtt = "mqtts://me:***@broker/topic"  # an option' in lines


def test_the_file_may_be_named_by_the_environment(printed, config):
    _, lines, _ = printed(EDGE_DIGITS_CONFIG=str(config))
    assert any(line.startswith('source = "1"') for line in lines)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("sorce = '1'", "no setting is called sorce; did you mean source?"),
        ("config = 'x'", "no setting is called config\n"),
        ("[cameras]\nfps = 3", "no setting is called cameras; did you mean"),
        ("[camera]\nfps = 3", "camera.fps: a table with a source expected"),
        ("size = 'big'", "size: a size such as 1280x720 expected, got big"),
        ("size = '100000x100000'", "size: at most 16384 pixels a side and 64 mega"),
        ("size = '9000x9000'", "64 megapixels expected, got 9000x9000"),
        ("view = 'both'", "view: invalid choice: 'both'"),
        ("port = 99999", "port: a port from 0 to 65535 expected"),
        ("port = true", "port: text or a number expected"),
        ("every-frame = 'perhaps'", "true or false expected"),
        ("fps = nan", "a number above 0 expected"),
        ("source = ", "no TOML"),
    ],
)
def test_wrong_files_are_one_line(printed, tmp_path, content, message):
    path = tmp_path / "wrong.toml"
    path.write_text(content)
    status, lines, err = printed("--config", str(path))
    assert (status, lines) == (1, [])
    assert err.count("\n") == 1
    assert str(path) in err
    assert message in err


def test_a_mark_of_the_byte_order_before_a_file_is_none_of_its_settings(
    printed, config
):
    config.write_text(config.read_text(encoding="utf-8"), encoding="utf-8-sig")
    status, lines, err = printed("--config", str(config))
    assert (status, err) == (0, "")
    assert f"port = 80  # {config}" in lines


def test_empty_variables_are_not_set(printed, config):
    status, lines, err = printed(
        EDGE_DIGITS_VIEW="", EDGE_DIGITS_PORT="", EDGE_DIGITS_TOKEN="",
        EDGE_DIGITS_EVERY_FRAME="", EDGE_DIGITS_CONFIG="", EDGE_DIGITS_JSONL="",
    )  # fmt: skip
    assert (status, err) == (0, "")
    assert 'view = "auto"  # default' in lines
    assert "port = 8000  # default" in lines
    assert "# token is not set" in lines
    assert "# jsonl is not set" in lines
    _, lines, _ = printed("--config", str(config), EDGE_DIGITS_PORT="")
    assert f"port = 80  # {config}" in lines


def test_missing_file(printed):
    status, _, err = printed("--config", "nowhere.toml")
    assert status == 1
    assert "nowhere.toml: cannot be read" in err


def test_unknown_variables_name_the_nearest_known_one(printed):
    status, _, err = printed(EDGE_DIGITS_SAVE_UNSHURE="x")
    assert status == 1
    expected = "EDGE_DIGITS_SAVE_UNSHURE; did you mean EDGE_DIGITS_SAVE_UNSURE?"
    assert expected in err


def test_wrong_value_in_the_environment(printed):
    status, _, err = printed(EDGE_DIGITS_PORT="http")
    assert status == 1
    assert "EDGE_DIGITS_PORT: a port from 0 to 65535 expected, got 'http'" in err


FIELDS = """\
reference = "scene.png"
rotate = "90"
min-confidence = 0.4

[field.water]
place = [0.1, 0.2, 0.3, 0.1]
unit = "m³"
"""
CAMERAS = """\
[camera.cellar]
source = "rtsp://me:hidden@camera/live"
rotate = "180"

[camera.cellar.field.gas]
place = [0.1, 0.2, 0.3, 0.1]
"""


@pytest.mark.parametrize("content", [FIELDS, CAMERAS])
def test_tables_of_the_file_are_printed(printed, scene_png, tmp_path, content):
    path = tmp_path / "fields.toml"
    path.write_text(content, encoding="utf-8")
    (tmp_path / "scene.png").write_bytes(scene_png.read_bytes())
    status, lines, _ = printed("--config", str(path), "--roi", "1,2,3,4")
    assert status == 0
    assert 'roi = "1,2,3,4"  # an option' in lines
    again = tmp_path / "again.toml"
    again.write_text("\n".join(lines), encoding="utf-8")
    _, second, _ = printed("--config", str(again))
    without_comments = [line.split("  #")[0] for line in second]
    assert without_comments == [line.split("  #")[0] for line in lines]
    wanted = content.replace("hidden", "***").splitlines()
    assert {line for line in wanted if line} <= set(without_comments)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[field.water]\n", "x.toml: field.water.place: [x, y, width, height]"),
        (
            "[fields.water]\n",
            "x.toml: no setting is called fields; did you mean field?",
        ),
        ('reference = "none.jpg"\n', "reference: a picture that exists expected"),
        ("marks = [1, 2]\n", "marks: four points [x, y]"),
    ],
)
def test_a_wrong_field_is_one_line(capsys, tmp_path, text, message):
    path = tmp_path / "x.toml"
    path.write_text(text)
    assert main(["run", "--config", str(path), "--source", "demo"]) == 1
    _, err = capsys.readouterr()
    assert message in err
    assert err.count("\n") == 1


@pytest.fixture
def parser():
    parser = argparse.ArgumentParser()
    parser.add_argument("--size-mm", type=float, default=1.5)
    parser.add_argument("--lid", action=argparse.BooleanOptionalAction, default=False)
    parser.add_argument("--token")
    parser.add_argument("--color", choices=("red", "green"))
    settings_file.add_options(parser)
    return parser


def test_values_become_the_parsers_defaults(parser, tmp_path):
    path = tmp_path / "a.toml"
    path.write_text('size-mm = 3\ncolor = "red"\n[lids]\na = 1\n')
    settings = SettingSources(parser, tables=("lids",))
    given = {"EDGE_DIGITS_COLOR": "green", "EDGE_DIGITS_LID": "1", "PATH": "/bin"}
    assert settings.apply(path, given) == {
        "size-mm": str(path),
        "color": "EDGE_DIGITS_COLOR",
        "lid": "EDGE_DIGITS_LID",
    }
    assert (settings.path, settings.tables) == (path, {"lids": {"a": 1}})
    parsed = parser.parse_args(["--no-lid"])
    assert (parsed.size_mm, parsed.color, parsed.lid) == (3.0, "green", False)


def test_without_a_file_and_variables_nothing_changes(parser):
    settings = SettingSources(parser)
    assert settings.apply(None, {}) == {}
    assert settings.path is None
    assert list(settings.as_toml(parser.parse_args([]), {})) == [
        "size-mm = 1.5  # default",
        "lid = false  # default",
        "# token is not set",
        "# color is not set",
    ]


def test_a_table_may_have_some_of_the_options(parser):
    settings = SettingSources(parser)
    common = parser.parse_args(["--color", "red"])
    keys = ("size-mm", "lid")
    found = settings.having({"size-mm": 2}, common, keys=keys, where="x.toml: box")
    assert (found.size_mm, found.color, common.size_mm) == (2.0, "red", 1.5)
    for table, message in (
        ({"color": "red"}, "x.toml: box: no setting is called color"),
        ({"size-mm": "wide"}, "x.toml: box.size-mm: invalid float value: 'wide'"),
        ({"lid": 2}, "x.toml: box.lid: true or false expected, got 2"),
    ):
        with pytest.raises(SettingsError) as caught:
            settings.having(table, common, keys=keys, where="x.toml: box")
        assert str(caught.value).startswith(message)
