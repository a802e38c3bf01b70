"""What happens to fields: settled, changed, faults."""

import pytest
from tracks import BLANK

from edge_app.live.fields.field import Field
from edge_app.live.fields.values.field_events import FieldEvents
from edge_app.live.fields.values.value import FieldReading
from edge_app.sources.source import Frame

WATER, GAS = (Field(name, (0, 0, 1, 1), minimum=10) for name in ("water", "gas"))
CORNERS = ((5, 6), (25, 6), (25, 16), (5, 16))


def happened(events, *frames, forgotten=()):
    """Kind, field's number and text of what happens in pictures that stand alone."""
    found = []
    for count, readings in enumerate(frames):
        frame = Frame(BLANK, float(count))
        _, news = events.follow(readings, frame, forgotten)
        found += [(event.kind, event.number_id, event.text) for event in news]
    return found


def test_a_value_settles_then_changes_and_settles_again_after_a_fault():
    texts = "12", "12", "13", "9", "13", "13"
    frames = [[FieldReading(WATER, text)] for text in texts]
    assert happened(FieldEvents(is_moving=False), *frames) == [
        ("settled", 1, "12"),
        ("changed", 1, "13"),
        ("fault", 1, ""),  # 9 is below 10
        ("settled", 1, "13"),
    ]


def test_each_field_has_a_number_of_its_own_and_keeps_it():
    events = FieldEvents(is_moving=False)
    both = [FieldReading(WATER, "12"), FieldReading(GAS, "77")]
    other = [FieldReading(GAS, "78"), FieldReading(WATER, "13")]
    assert happened(events, both, other) == [
        ("settled", 1, "12"),
        ("settled", 2, "77"),
        ("changed", 2, "78"),
        ("changed", 1, "13"),
    ]


def test_a_forgotten_field_that_reads_as_before_is_told_again():
    events = FieldEvents(is_moving=False)
    frame = [FieldReading(WATER, "12")]
    assert len(happened(events, frame, frame)) == 1
    assert happened(events, frame, forgotten=["water"]) == [("changed", 1, "12")]


def test_an_event_says_where_how_surely_and_when_it_was_read():
    frame = Frame(BLANK, 7.5)
    read = FieldReading(WATER, "12", 0.75, corners_xy=CORNERS)
    (known,), (event,) = FieldEvents(is_moving=False).follow([read], frame, ())
    assert (event.time_s, event.box_xywh) == (7.5, (5, 6, 20, 10))
    assert event.confidence == pytest.approx(0.75)
    assert (event.field, known.value) == (known, 12)
