"""What is published of fields, message by message."""

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest

from edge_app.live.fields.field import Field
from edge_app.live.fields.values.value import FieldReading
from edge_app.sinks.mqtt import homeassistant
from edge_app.sinks.mqtt.field_topics import FieldTopics, jpeg

WATER = Field("water", (0, 0, 0.5, 1), decimals=3, unit="m³", never_falls=True)
GAS = Field("gas", (0.5, 0, 0.5, 1))
PICTURE = np.full((40, 120, 3), (250, 128, 4), np.uint8)
ENTITIES = ("sensor/d/field_{}", "binary_sensor/d/field_{}", "image/d/field_{}")


def topics(prefix="ha"):
    shared = homeassistant.shared_by_all(
        topic="t", device_id="d", device_name="Cellar", configuration_url=None
    )
    return FieldTopics(topic="t", prefix=prefix, shared=shared)


def of(name):
    return {f"ha/{entity.format(name)}/config" for entity in ENTITIES}


def test_fields_are_described_once():
    fields = topics()
    described = fields.described([FieldReading(WATER), FieldReading(GAS)])
    assert described.keys() == of("water") | of("gas")
    entities = [json.loads(message) for message in described.values()]
    assert len({entity["unique_id"] for entity in entities}) == 6
    for entity in entities:
        assert entity["device"]["name"] == "Cellar"
        assert entity["availability_topic"] == "t/status"
    assert fields.described([FieldReading(WATER, value=1), FieldReading(GAS)]) is None


def test_a_field_that_changed_is_described_anew_and_one_that_is_gone_removed():
    fields = topics()
    fields.described([FieldReading(WATER), FieldReading(GAS)])
    described = fields.described([FieldReading(replace(WATER, unit="l"))])
    assert {topic for topic, message in described.items() if not message} == of("gas")
    sensor = json.loads(described["ha/sensor/d/field_water/config"])
    assert sensor["unit_of_measurement"] == "l"
    assert fields.described([]) == dict.fromkeys(of("water"), "")
    assert fields.described([]) is None


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (
            WATER,
            {
                "state_class": "total_increasing",
                "suggested_display_precision": 3,
                "unit_of_measurement": "m³",
                "icon": "mdi:counter",
            },
        ),
        (
            replace(GAS, unit="m³", device_class="gas"),
            {
                "state_class": "measurement",
                "suggested_display_precision": 0,
                "unit_of_measurement": "m³",
                "device_class": "gas",
            },
        ),
        (GAS, {"state_class": "measurement", "icon": "mdi:counter"}),
    ],
)
def test_a_sensor_has_what_is_said_of_its_field(field, expected):
    described = topics().described([FieldReading(field)])
    sensor = json.loads(described[f"ha/sensor/d/field_{field.name}/config"])
    optional = {"unit_of_measurement", "device_class", "icon"}
    assert expected.items() <= sensor.items()
    assert not (optional - expected.keys()) & sensor.keys()


def test_without_home_assistant_nothing_is_described():
    assert topics(prefix=None).described([FieldReading(WATER)]) is None


def test_news_are_sent_with_a_picture():
    news = FieldReading(WATER, value=1.5, is_news=True, image=PICTURE)
    same = FieldReading(GAS, value=2)
    about = {"time": "now"}
    (state, text), (image, content) = topics().messages(
        [news, same], about, all_of=False
    )
    assert (state, image) == ("t/field/water", "t/field/water/image")
    assert json.loads(text) == {"time": "now", **news.to_dict()}
    assert content == jpeg(PICTURE)
    everything = topics().messages([news, same], about, all_of=True)
    sent = [topic for topic, _ in everything]
    assert sent == ["t/field/water", "t/field/water/image", "t/field/gas"]


def test_pictures_keep_their_size_and_colors():
    decoded = cv2.imdecode(np.frombuffer(jpeg(PICTURE), np.uint8), cv2.IMREAD_COLOR)
    assert decoded.shape == PICTURE.shape
    assert np.abs(decoded.astype(int) - PICTURE).max() < 6
