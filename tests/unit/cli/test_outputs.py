"""What keeps or sends readings, by the options that ask for it."""

import argparse
from pathlib import Path

import pytest
from tracks import number
from updates import event, known_update

from edge_app.cli import outputs
from edge_app.cli.run_settings import SinkSettings
from edge_app.common.errors import SettingsError

pytestmark = pytest.mark.device


def given(*words):
    parser = argparse.ArgumentParser()
    outputs.add_options(parser)
    return outputs.values(parser.parse_args(words))


def opened(*words, **more):
    """The sink of the one output that is asked for."""
    (output,) = outputs.wanted(given(*words))
    return output.open(SinkSettings(kept=given(*words), **more))


def test_nothing_is_wanted_unless_it_is_asked_for():
    assert outputs.wanted(given()) == []
    # What only says more of an output asks for none.
    assert outputs.wanted(given("--mqtt-ca", "ca.pem", "--record-mb", "5")) == []


@pytest.mark.parametrize("output", outputs.OUTPUTS, ids=lambda output: output.names[0])
def test_its_first_option_asks_for_an_output(output):
    option = next(iter(output.options))
    values = given(option, "x")
    assert outputs.wanted(values) == [output]
    assert str(values[output.names[0]]) == "x"


@pytest.mark.parametrize(
    "option",
    ["--jsonl", "--csv", "--mqtt-ca", "--save-unsure", "--record", "--history"],
)
def test_an_empty_path_is_refused(option, capsys):
    with pytest.raises(SystemExit):
        given(option, "")
    assert "a name or a path expected, got ''" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "value", "asking"),
    [("--mqtt-ca", "ca.pem", "--mqtt"), ("--record-mb", "5", "--record")],
)
def test_an_option_of_an_output_that_is_not_wanted_is_refused(option, value, asking):
    with pytest.raises(SettingsError, match=f"^{option} is of {asking}; give that"):
        SinkSettings(kept=given(option, value))
    SinkSettings(kept=given(option, value, asking, "x"))
    SinkSettings(kept=given())


@pytest.mark.parametrize(
    ("one", "other"),
    [("--jsonl", "--csv"), ("--jsonl", "--history"), ("--csv", "--history")],
)
def test_two_outputs_are_not_written_to_one_file(tmp_path, one, other):
    (tmp_path / "in").mkdir()
    kept = given(one, str(tmp_path / "a"), other, str(tmp_path / "in" / ".." / "a"))
    with pytest.raises(SettingsError, match=f"^{one} and {other}: two files expected"):
        SinkSettings(kept=kept)
    SinkSettings(kept={**kept, other[2:]: tmp_path / "b"})


def test_options_are_called_as_in_python():
    values = given("--save-unsure", "a", "--record", "b", "--record-mb", "7")
    assert values["save_unsure"] == Path("a")
    assert (values["record"], values["record_mb"]) == (Path("b"), 7)
    assert values["mqtt_ca"] is None
    assert set(values) == {name for output in outputs.OUTPUTS for name in output.names}


@pytest.mark.parametrize(("every_frame", "num_lines"), [(False, 1), (True, 3)])
@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_records_are_of_events_or_of_every_frame(
    tmp_path, kind, every_frame, num_lines
):
    path = tmp_path / "new" / f"a.{kind}"
    sink = opened(f"--{kind}", str(path), every_frame=every_frame)
    for happened in ([], [event()], []):
        sink.write(known_update(*number("42"), events=happened))
    sink.close()
    header = kind == "csv"
    assert len(path.read_text().splitlines()) == num_lines + header


def test_folders_are_made(tmp_path):
    for option in ("--save-unsure", "--record"):
        folder = tmp_path / option[2:]
        opened(option, str(folder)).close()
        assert folder.is_dir()


def test_a_history_is_a_file(tmp_path):
    opened("--history", str(tmp_path / "a.db")).close()
    assert (tmp_path / "a.db").read_bytes().startswith(b"SQLite format 3")


@pytest.mark.parametrize(
    ("view", "page", "expected"),
    [
        ("web", "", "http://127.0.0.1:80/"),
        ("web", "camera/cellar", "http://127.0.0.1:80/camera/cellar"),
        ("text", "", None),
    ],
)
def test_home_assistant_is_told_where_the_page_is(view, page, expected):
    pytest.importorskip("starlette", reason="the extra web")
    pytest.importorskip("uvicorn", reason="the extra web")
    settings = SinkSettings(view=view, port=80, page=page)
    assert outputs._page_url(settings) == expected
