"""What Home Assistant is told of a device, by its documentation.

https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery
"""

import json
import re
from typing import get_args

import pytest

from edge_app import __version__
from edge_app.live.tracking.track import EventKind
from edge_app.sinks.mqtt import homeassistant

URL = "http://192.0.2.1:8000/"


def discovery(**options):
    settings = {
        "topic": "home/desk",
        "device_id": "edge_digits_home_desk",
        "device_name": "Desk",
        "configuration_url": None,
    }
    shared = homeassistant.shared_by_all(**settings | options)
    return homeassistant.discovery(
        prefix="ha", topic="home/desk", shared=shared, expire_after_s=90
    )


def test_topics_are_of_the_form_that_is_looked_for():
    for topic in discovery():
        assert re.fullmatch(
            r"ha/(sensor|binary_sensor|image|button|event)/[\w-]+/[\w-]+/config", topic
        )
    assert {topic.split("/")[2] for topic in discovery()} == {"edge_digits_home_desk"}


def test_every_entity_is_one_of_its_own_of_the_same_device():
    entities = discovery(configuration_url=URL).values()
    assert len({entity["unique_id"] for entity in entities}) == len(entities) == 8
    assert len({entity["name"] for entity in entities}) == len(entities)
    for entity in entities:
        assert entity["unique_id"].startswith("edge_digits_home_desk_")
        assert entity["availability_topic"] == "home/desk/status"
        assert entity["device"] == {
            "identifiers": ["edge_digits_home_desk"],
            "name": "Desk",
            "manufacturer": "edge-digits",
            "model": "Handwritten digits, read by a camera",
            "sw_version": __version__,
            "configuration_url": URL,
        }
        json.dumps(entity)
    for entity in discovery().values():
        assert "configuration_url" not in entity["device"]


def test_what_is_silent_for_long_is_unknown():
    for topic, entity in discovery().items():
        expires = entity.get("expire_after")
        assert expires == (90 if "/sensor/" in topic else None)


def test_every_kind_of_event_is_known():
    (event,) = (content for topic, content in discovery().items() if "/event/" in topic)
    assert set(event["event_types"]) == set(get_args(EventKind))
    assert event["state_topic"] == "home/desk/event"


def test_templates_give_what_the_messages_hold():
    jinja2 = pytest.importorskip("jinja2", reason="as Home Assistant has it")
    state = {"text": "42  7", "digits": 3, "age_ms": 81, "temperature_c": 51.5}
    messages = {
        "home/desk/state": [(state, {"42  7", "3", "81", "51.5"})],
        "home/desk/fault": [({"fault": None}, {"OFF"}), ({"fault": "black"}, {"ON"})],
    }
    for topic, cases in messages.items():
        templates = [
            jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(
                entity["value_template"]
            )
            for entity in discovery().values()
            if entity.get("state_topic") == topic and "value_template" in entity
        ]
        for message, expected in cases:
            shown = {template.render(value_json=message) for template in templates}
            assert shown == expected


def test_a_state_is_no_longer_than_home_assistant_takes():
    jinja2 = pytest.importorskip("jinja2", reason="as Home Assistant has it")
    numbers = discovery()["ha/sensor/edge_digits_home_desk/numbers/config"]
    template = jinja2.Template(numbers["value_template"])
    assert template.render(value_json={"text": 300 * "1"}) == 255 * "1"
