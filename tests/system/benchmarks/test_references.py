"""What was measured last: kept, compared, measured anew."""

import json

import pytest

from benchmarks import references, renew
from benchmarks.__main__ import main
from benchmarks.references import MeasuredReference, Measurement
from edge_app.common.errors import DataError

ROWS = [
    {"photo": "a", "f1": 0.9, "false": 2},
    {"photo": "all", "f1": 0.95, "false": 5},
    {"photo": "none", "f1": None, "false": 0},
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An own folder of references, with what is listed in the real one."""
    listed = references.FOLDER / "measurements.toml"
    (tmp_path / listed.name).write_bytes(listed.read_bytes())
    monkeypatch.setattr(references, "FOLDER", tmp_path)
    return tmp_path


def measurement(**more):
    return Measurement("reading", "photos", "photos DIR", key=("photo",), **more)


def keep(rows):
    machine = {"cpu": "a", "date": "2026-11-26"}
    reference = MeasuredReference(
        "python -m benchmarks photos DIR", "title", 3.0, machine, rows
    )
    references.write("photos", reference)
    return reference


def test_what_is_kept_is_read_again(folder):
    assert keep(ROWS) == references.read("photos")
    lines = (folder / "reading" / "photos.json").read_text().splitlines()
    assert json.dumps(ROWS[1]) in [line.strip().rstrip(",") for line in lines]


@pytest.mark.parametrize("content", [None, "{", "[]", '{"rows": []}'])
def test_what_was_never_measured(folder, content):
    if content is not None:
        (folder / "reading").mkdir()
        (folder / "reading" / "photos.json").write_text(content)
    with pytest.raises(DataError, match=r"no reference .*benchmarks reference photos"):
        references.read("photos")


def test_what_is_not_listed(folder):
    found = keep(ROWS)
    with pytest.raises(DataError, match=r"measurements\.toml: no measurement photo "):
        references.read("photo")
    with pytest.raises(DataError, match=r"measurements\.toml: no measurement photo "):
        references.write("photo", found)


@pytest.mark.parametrize(
    ("limits", "change", "num_worse"),
    [
        ({"may_fall": {"f1": 0.01}}, {"f1": 0.94}, 0),
        ({"may_fall": {"f1": 0.01}}, {"f1": 0.9399}, 1),
        ({"may_fall": {"f1": 0.01}}, {"f1": 1.0}, 0),
        ({"may_fall": {"f1": 0.01}}, {"f1": None}, 1),
        ({"may_rise": {"false": 1}}, {"false": 6}, 0),
        ({"may_rise": {"false": 1}}, {"false": 7}, 1),
        ({"may_rise": {"false": 1}}, {"false": 0}, 0),
        ({"may_fall": {"f1": 0}, "may_rise": {"false": 0}}, {"f1": 0, "false": 9}, 2),
    ],
)
def test_figures_that_are_worse(folder, limits, change, num_worse):
    keep(ROWS)
    now = [ROWS[0], ROWS[1] | change, ROWS[2]]
    worse = references.worse(measurement(**limits), now)
    assert len(worse) == num_worse
    for line in worse:
        assert line.startswith("photos, all: ")


def test_what_a_figure_was_and_is(folder):
    keep(ROWS)
    now = [ROWS[0], ROWS[1] | {"f1": 0.8}]
    (line,) = references.worse(measurement(may_fall={"f1": 0.01}), now)
    assert line == "photos, all: f1 fell from 0.95 to 0.8; it may by 0.01"


def test_a_row_that_is_gone_is_worse(folder):
    keep(ROWS)
    held = measurement(may_fall={"f1": 0.01})
    assert len(references.worse(held, ROWS[1:])) == 1
    only_all = measurement(may_fall={"f1": 0.01}, rows=("all",))
    assert references.worse(only_all, ROWS[1:]) == []


def test_reference_command_measures_and_keeps(folder, capsys, monkeypatch):
    held = references.measurements()["sizes"]
    assert main(["reference", "sizes"]) == 0
    found = references.read("sizes")
    assert found.command == f"python -m benchmarks {held.command}"
    assert found.rows[0]["size_bytes"] > 1000
    # What was measured before had smaller files: the command must tell.
    smaller = [row | {"size_bytes": 1} for row in found.rows]
    references.write("sizes", MeasuredReference(**{**vars(found), "rows": smaller}))
    monkeypatch.setattr(renew, "measure", lambda _: found)  # a process was started
    capsys.readouterr()
    assert main(["reference", "sizes", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert "size_bytes rose from 1 to " in row["worse than it may be"]
    assert references.read("sizes").rows == found.rows


def test_reference_of_another_name(folder, capsys):
    assert main(["reference", "photographs"]) == 1
    printed = capsys.readouterr().err
    assert (
        "no measurement or group is called photographs; there are: reading" in printed
    )
    assert printed.count("\n") == 1


def test_groups_and_names_are_measured_once(folder):
    names = [
        kept_measurement.name
        for kept_measurement in references.chosen(["photos", "reading", "photos"])
    ]
    assert names[0] == "photos"
    assert len(names) == len(set(names)) > 5


def test_a_measurement_that_fails(folder, capsys):
    text = '[reading.broken]\ncommand = "photos nowhere"\n'
    (folder / "measurements.toml").write_text(text)
    assert main(["reference", "broken"]) == 1
    assert "photos nowhere ended with status 1" in capsys.readouterr().err
    assert not (folder / "reading" / "broken.json").exists()
