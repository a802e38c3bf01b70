"""What was measured last: kept, compared, measured anew."""

import json

import pytest

from benchmarks import references
from benchmarks.references import MeasuredReference, Measurement
from edge_app.common.errors import DataError

ROWS = [
    {"photo": "a", "f1": 0.9, "false": 2},
    {"photo": "all", "f1": 0.95, "false": 5},
    {"photo": "none", "f1": None, "false": 0},
]


def measurement(**more):
    return Measurement("reading", "photos", "photos DIR", key=("photo",), **more)


def keep(rows):
    machine = {"cpu": "a", "date": "2026-11-26"}
    reference = MeasuredReference(
        "python -m benchmarks photos DIR", "title", 3.0, machine, rows
    )
    references.write("photos", reference)
    return reference


def test_what_is_kept_is_read_again(reference_folder):
    assert keep(ROWS) == references.read("photos")
    lines = (reference_folder / "reading" / "photos.json").read_text().splitlines()
    assert json.dumps(ROWS[1]) in [line.strip().rstrip(",") for line in lines]


@pytest.mark.parametrize("content", [None, "{", "[]", '{"rows": []}'])
def test_what_was_never_measured(reference_folder, content):
    if content is not None:
        (reference_folder / "reading").mkdir()
        (reference_folder / "reading" / "photos.json").write_text(content)
    with pytest.raises(DataError, match=r"no reference .*benchmarks reference photos"):
        references.read("photos")


def test_what_is_not_listed(reference_folder):
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
        ({"may_grow": {"false": 0.2}}, {"false": 6}, 0),
        ({"may_grow": {"false": 0.2}}, {"false": 7}, 1),
        ({"may_grow": {"false": 0.2}}, {"false": 0}, 0),
        ({"may_fall": {"f1": 0}, "may_rise": {"false": 0}}, {"f1": 0, "false": 9}, 2),
    ],
)
def test_figures_that_are_worse(reference_folder, limits, change, num_worse):
    keep(ROWS)
    now = [ROWS[0], ROWS[1] | change, ROWS[2]]
    worse = references.worse(measurement(**limits), now)
    assert len(worse) == num_worse
    for line in worse:
        assert line.startswith("photos, all: ")


def test_what_a_figure_was_and_is(reference_folder):
    keep(ROWS)
    now = [ROWS[0], ROWS[1] | {"f1": 0.8}]
    (line,) = references.worse(measurement(may_fall={"f1": 0.01}), now)
    assert line == "photos, all: f1 fell from 0.95 to 0.8; it may by 0.01"


def test_a_row_that_is_gone_is_worse(reference_folder):
    keep(ROWS)
    held = measurement(may_fall={"f1": 0.01})
    assert len(references.worse(held, ROWS[1:])) == 1
    only_all = measurement(may_fall={"f1": 0.01}, rows=("all",))
    assert references.worse(only_all, ROWS[1:]) == []


def test_groups_and_names_are_measured_once(reference_folder):
    names = [
        kept_measurement.name
        for kept_measurement in references.chosen(["photos", "reading", "photos"])
    ]
    assert names[0] == "photos"
    assert len(names) == len(set(names)) > 5
