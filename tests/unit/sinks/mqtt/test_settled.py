"""The numbers that are settled now."""

import pytest
from tracks import number, reading
from updates import event

from edge_app.sinks.mqtt.settled import Settled

pytestmark = pytest.mark.device

EMPTY = reading()


@pytest.fixture
def settled():
    return Settled()


def texts(settled, now=EMPTY):
    return [settled_number.text for settled_number in settled.now(now)]


def test_only_what_settled_counts_until_it_is_gone(settled):
    settled.follow([event("appeared", 1, "7"), event("fault", 2, "8")])
    assert texts(settled) == []
    settled.follow([event("settled", 1, "76")])
    settled.follow([])
    assert texts(settled) == ["76"]
    settled.follow([event("changed", 1, "75"), event("gone", 2, "8")])
    assert texts(settled) == ["75"]
    settled.follow([event("gone", 1, "75"), event("settled", 1, "74")])
    assert texts(settled) == ["74"]
    settled.follow([event("gone", 1, "74")])
    assert texts(settled) == []


def test_in_reading_order_whatever_settled_first(settled):
    places = {"3": (100, 300), "2": (400, 102), "1": (100, 100)}
    for index, (text, (x, y)) in enumerate(places.items()):
        settled.follow([event("settled", index, text, (x, y, 20, 32))])
    assert texts(settled) == ["1", "2", "3"]


def test_a_number_is_where_it_was_seen_last(settled):
    settled.follow([event("settled", 1, "42", (100, 100, 46, 32))])
    near, far = number("42", x=110, y=96), number("42", x=400, y=300)
    (found,) = settled.now(reading(*far, *near))
    assert (found.kind, found.text) == ("settled", "42")
    assert found.box_xywh == (110, 96, 46, 32)
    # What reads otherwise for a moment moves it nowhere.
    (found,) = settled.now(reading(*number("47", x=120, y=90)))
    assert found.box_xywh == (110, 96, 46, 32)
    # It is followed from there, step by step.
    (found,) = settled.now(reading(*number("42", x=300, y=250), *far))
    assert found.box_xywh == (300, 250, 46, 32)
