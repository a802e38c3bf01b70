"""The settings file of `edge-digits run`, as an archive takes it."""

import pytest

from edge_app.archive.archive_arguments import add_actions
from edge_app.archive.work.config import applied
from edge_app.cli import commands
from edge_app.cli.reader_settings import ReaderSettings
from edge_app.common.errors import SettingsError

FIELD = "[field.total]\nplace = [0.1, 0.2, 0.3, 0.4]\ndecimals = 2\n"


@pytest.fixture
def read(tmp_path):
    """What is read when something is typed beside a settings file of some text."""

    def taken(text, *words):
        path = tmp_path / "form.toml"
        path.write_text(text)
        parser = commands.Parser()
        add_actions(parser)
        words = ["scans", "out", *words]
        arguments = parser.parse_args(["read", *words])
        return applied(path, arguments.parser, words)

    return taken


def test_fields_and_how_pages_are_read_are_taken(read):
    text = 'rotate = "90"\nexpect = "[0-9]{3}"\nmin-confidence = 0.5\n' + FIELD
    arguments, setup = read(text)
    assert ReaderSettings.of(arguments) == ReaderSettings(
        rotate=90, expect="[0-9]{3}", min_confidence=0.5
    )
    (field,) = setup.fields
    assert (field.name, field.place) == ("total", (0.1, 0.2, 0.3, 0.4))
    assert (setup.rotate, setup.min_confidence) == (90, 0.5)


def test_what_is_typed_wins(read):
    arguments, setup = read('rotate = "90"\nprinted = true\n' + FIELD, "--rotate", "0")
    assert ReaderSettings.of(arguments) == ReaderSettings(printed=True)
    assert setup.rotate == 0


def test_what_a_camera_and_its_page_are_told_is_passed_over(read):
    text = 'source = "rtsp://camera/live"\nview = "web"\nport = 99\nfocus = 7\n'
    arguments, setup = read(text + 'exposure = 4\njsonl = "rows.jsonl"\n' + FIELD)
    assert arguments.source == "scans"
    assert not hasattr(arguments, "port")
    assert (setup.exposure_ms, setup.focus) == (None, None)


def test_without_fields_there_is_no_setup(read):
    arguments, setup = read('rotate = "auto"\n')
    assert (arguments.rotate, setup) == ("auto", None)


def test_the_environment_of_the_app_says_nothing(read, monkeypatch):
    monkeypatch.setenv("EDGE_DIGITS_ROTATE", "180")
    assert read("printed = true\n")[0].rotate == "0"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[camera.cellar]\nsource = "0"\n', r"camera: fields of an archive's pages"),
        ("rotat = 90\n", "no setting is called rotat"),
        ("[field.a]\n", r"field\.a\.place: "),
        ("no table", "no TOML"),
    ],
)
def test_a_file_that_is_wrong_is_told(read, text, message):
    with pytest.raises(SettingsError, match=rf"form\.toml: .*{message}"):
        read(text)
