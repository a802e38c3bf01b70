"""Readings as lines for a person."""

import re
from dataclasses import replace

import pytest
from tracks import digit, number, reading
from updates import known_update

from edge_app.live.fields.field import Field
from edge_app.live.fields.values.value import FieldReading
from edge_app.sinks.records import text

pytestmark = pytest.mark.device

WATER = Field("water", (0, 0, 1, 1), decimals=3, unit="m³")
COUNT = Field("count", (0, 0, 1, 1))


def test_a_line_has_the_numbers_and_the_least_confidence():
    assert text.line(reading()) == "no digits"
    doubtful = digit(9, 300, confidence=0.506)
    both = reading(*number("42"), doubtful)
    assert text.line(both) == "42  9  (least confidence 0.51)"


def test_a_line_tells_a_pattern_that_nothing_matches_from_an_empty_page():
    unfit = [replace(seen, reject="pattern") for seen in number("2927")]
    letter = replace(digit(9, 300), reject="letter")
    said = text.line(reading(rejects=[*unfit, letter]))
    assert said == "no number matches --expect (digits seen: 4)"
    assert text.line(reading(rejects=[letter])) == "no digits"


@pytest.mark.parametrize(
    ("read", "line"),
    [
        (FieldReading(WATER, value=1.2), "water: 1.200 m³"),
        (FieldReading(WATER), "water: ? m³"),
        (FieldReading(WATER, value=0.0, fault="unreadable"), "water: 0.000 m³ (unread"),
        (FieldReading(COUNT, value=7), "count: 7"),
        (FieldReading(COUNT, fault="unreadable"), "count: ? (unreadable)"),
    ],
)
def test_a_field_has_its_value_unit_and_fault(read, line):
    both = known_update(*number("42"), fields=[read, FieldReading(COUNT, value=3)])
    first, second = text.line(both.reading).split("  ")
    assert first.startswith(line)
    assert second == "count: 3"


@pytest.fixture
def said(capsys):
    """What was printed since it was asked last, without its time."""

    def said():
        lines = capsys.readouterr().out.splitlines()
        times = [line.split("  ", 1)[0] for line in lines]
        assert all(re.fullmatch(r"\d\d:\d\d:\d\d", time) for time in times)
        return [line.split("  ", 1)[1] for line in lines]

    return said


def test_a_line_comes_whenever_numbers_change(said):
    sink = text.Text()
    assert sink.write(known_update())
    assert sink.write(known_update())
    assert said() == ["no digits"]
    sink.write(known_update(*number("42", confidence=0.9)))
    sink.write(known_update(*number("42", confidence=0.8, x=200)))  # is moved
    assert said() == ["42  (least confidence 0.90)"]
    sink.write(known_update(*number("43", confidence=0.9)))
    sink.close()
    assert said() == ["43  (least confidence 0.90)"]


def test_of_fields_a_value_or_a_fault_is_a_change(said):
    sink = text.Text()
    for read in (
        FieldReading(COUNT, text="7", value=7),
        FieldReading(COUNT, text="8", value=7),  # is not believed yet
        FieldReading(COUNT, text="8", value=7, fault="implausible"),
        FieldReading(COUNT, text="8", value=8),
    ):
        sink.write(known_update(*number("1"), fields=[read]))
    assert said() == ["count: 7", "count: 7 (implausible)", "count: 8"]


def test_each_file_has_its_line(said):
    sink = text.Text()
    sink.write(known_update(*number("42"), name="a.png"))
    sink.write(known_update(*number("42"), name="b.png"))
    sink.write(known_update(name="c.png", fault="c.png: torn"))
    assert said() == [
        "a.png: 42  (least confidence 0.95)",
        "b.png: 42  (least confidence 0.95)",
        "c.png: cannot be read",
    ]
