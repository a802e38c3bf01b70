"""Values of fields over time: steady, and none that cannot be."""

import pytest
from tracks import BLANK, values_followed

from edge_app.live.fields.field import Field
from edge_app.live.fields.values.steady_values import Values
from edge_app.live.fields.values.value import FieldReading
from edge_app.sources.source import Frame

FIELD = Field("water", (0, 0, 1, 1))


def test_a_value_counts_once_it_lasts():
    followed = values_followed(
        Values(is_moving=True), FIELD, "12", "12", "12", "17", "12", "12"
    )
    assert [reading.value for reading in followed] == [None, None, 12, 12, 12, 12]
    assert [reading.is_news for reading in followed] == [
        False,
        False,
        True,
        False,
        False,
        False,
    ]


def test_previous_is_the_value_before():
    values = Values(is_moving=False)
    *_, last = values_followed(values, FIELD, "12", "13", "13")
    assert (last.value, last.previous, last.is_news) == (13, 12, False)


def test_a_fault_counts_once_it_lasts_and_leaves_the_value():
    seen = ["12"] * 3 + ["unreadable: no digits"] * 7 + ["12"] * 3
    followed = values_followed(Values(is_moving=True), FIELD, *seen)
    assert [reading.fault for reading in followed[:8]] == [None] * 8
    assert [reading.fault for reading in followed[8:12]] == [
        "unreadable: no digits"
    ] * 4
    assert followed[-1].fault is None
    assert {reading.value for reading in followed[2:]} == {12}


@pytest.mark.parametrize(
    ("limits", "seen", "why"),
    [
        ({"minimum": 10}, ["9"], "9 is below 10"),
        ({"maximum": 10}, ["11"], "11 is above 10"),
        ({"never_falls": True}, ["12", "11"], "11 after 12, though it never falls"),
        (
            {"decimals": 1, "never_falls": True},
            ["120", "119"],
            "11.9 after 12.0, though it never falls",
        ),
    ],
)
def test_what_cannot_be_is_implausible(limits, seen, why):
    field = Field("water", (0, 0, 1, 1), **limits)
    *_, last = values_followed(Values(is_moving=False), field, *seen)
    assert last.fault == f"implausible: {why}"
    assert last.value == (None if len(seen) == 1 else field.value(seen[0]))


def test_a_value_changes_no_faster_than_it_may():
    field = Field("water", (0, 0, 1, 1), max_change_per_minute=10)
    values = Values(is_moving=True)
    followed = values_followed(values, field, *["100"] * 4, *["101"] * 4, *["150"] * 4)
    assert followed[7].value == 101  # a step is always believed
    assert followed[-1].fault == "implausible: 150 after 101, more than 10 a minute"
    # What goes on being read becomes likely: 49 may take five minutes.
    later = values_followed(values, field, *["150"] * 3, start_s=301)
    assert (later[-1].value, later[-1].fault) == (150, None)


def test_a_forgotten_value_limits_nothing():
    field = Field("water", (0, 0, 1, 1), never_falls=True)
    values = Values(is_moving=False)
    values_followed(values, field, "99999")
    frame = Frame(BLANK, 0.0)
    (known,) = values.follow([FieldReading(field, "3")], frame, forgotten=["water"])
    assert (known.value, known.previous, known.fault) == (3, None, None)
