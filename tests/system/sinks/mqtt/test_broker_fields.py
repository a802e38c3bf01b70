"""Fields at a real broker, as Home Assistant finds them."""

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest

pytest.importorskip("paho.mqtt", reason="the extra mqtt")

from brokers import needs_broker
from updates import event, scene_update
from waiting import wait_until

from edge_app.live.fields.field import Field
from edge_app.live.fields.values.value import FieldReading

WATER = Field("water", (0.1, 0.1, 0.5, 0.2), decimals=3, unit="m³", never_falls=True)
PICTURE = np.full((40, 120, 3), 200, np.uint8)


@pytest.fixture
def update(reader):
    return scene_update(reader)


def having(update, *fields):
    return replace(update, reading=replace(update.reading, fields=fields), events=())


def configs(seen):
    """The newest description of each entity, by the last parts of its topic."""
    return {
        message.topic.removeprefix("homeassistant/"): message.payload.decode()
        for message in list(seen.messages)
        if message.topic.startswith("homeassistant/")
    }


@needs_broker
def test_a_field_is_a_sensor_with_a_picture(broker, subscribe, sinks, update):
    broker.start()
    seen = subscribe(broker.port)
    url = "http://192.0.2.1:8000/"
    sink = sinks(
        f"mqtt://127.0.0.1:{broker.port}/t", device_name="Cellar", configuration_url=url
    )
    read = FieldReading(
        WATER, "01234", 0.98765, 1.234, 1.2, is_news=True, image=PICTURE
    )
    sink.write(having(update, read))
    wait_until(lambda: seen.json("t/field/water"))
    sink.write(having(update, replace(read, is_news=False)))
    content_of_field = seen.json("t/field/water")[-1]
    assert (
        content_of_field["value"],
        content_of_field["previous"],
        content_of_field["fault"],
    ) == (1.234, 1.2, None)
    assert content_of_field["time"].endswith("Z")
    wait_until(lambda: any(m.topic == "t/field/water/image" for m in seen.messages))
    (sent,) = [m.payload for m in seen.messages if m.topic == "t/field/water/image"]
    assert cv2.imdecode(np.frombuffer(sent, np.uint8), 1).shape == PICTURE.shape
    found = configs(seen)
    sensor = json.loads(found["sensor/edge_digits_t/field_water/config"])
    assert sensor["unit_of_measurement"] == "m³"
    assert sensor["state_class"] == "total_increasing"
    assert sensor["suggested_display_precision"] == 3
    assert sensor["state_topic"] == "t/field/water"
    assert sensor["device"]["name"] == "Cellar"
    assert sensor["device"]["configuration_url"] == url
    assert json.loads(found["image/edge_digits_t/field_water/config"])["image_topic"]
    assert "binary_sensor/edge_digits_t/field_water/config" in found


@needs_broker
def test_fields_come_and_go(broker, subscribe, sinks, update):
    broker.start()
    seen = subscribe(broker.port)
    sink = sinks(f"mqtt://127.0.0.1:{broker.port}/t")
    sink.write(having(update, FieldReading(WATER)))
    topic = "sensor/edge_digits_t/field_water/config"
    wait_until(lambda: topic in configs(seen))
    gas = replace(WATER, name="gas", never_falls=False)
    sink.write(having(update, FieldReading(gas)))
    wait_until(lambda: configs(seen)[topic] == "")
    wait_until(lambda: "sensor/edge_digits_t/field_gas/config" in configs(seen))
    content_of_field = json.loads(
        configs(seen)["sensor/edge_digits_t/field_gas/config"]
    )
    assert content_of_field["state_class"] == "measurement"
    # Once more when the broker was away.
    broker.stop()
    before = len(seen.messages)
    broker.start()

    def described_again():
        sink.write(having(update, FieldReading(gas)))
        topics = [m.topic for m in list(seen.messages)[before:]]
        return "homeassistant/sensor/edge_digits_t/field_gas/config" in topics

    wait_until(described_again)


@needs_broker
def test_values_wait_for_a_broker_and_of_pictures_the_newest(
    broker,
    subscribe,
    sinks,
    update,
):
    broker.start()
    seen = subscribe(broker.port)  # its session is there before anything is sent
    broker.stop()
    sink = sinks(f"mqtt://127.0.0.1:{broker.port}/t")
    read = FieldReading(WATER, "01234", 0.9, image=PICTURE, is_news=True)
    for value in range(3):
        sink.write(having(update, replace(read, value=value)))
        sink.write(having(update, replace(read, value=value, is_news=False)))
    broker.start()
    wait_until(lambda: len(seen.json("t/field/water")) >= 3)
    assert [value_json["value"] for value_json in seen.json("t/field/water")] == [
        0,
        1,
        2,
    ]
    sink.write(having(update, replace(read, value=2, is_news=False)))
    wait_until(lambda: any(m.topic.endswith("/image") for m in seen.messages))
    assert sum(m.topic.endswith("/image") for m in seen.messages) == 1


@needs_broker
def test_only_news_is_told_until_it_is_asked_for(broker, subscribe, sinks, update):
    broker.start()
    seen = subscribe(broker.port)
    sink = sinks(f"mqtt://127.0.0.1:{broker.port}/t")
    still = FieldReading(WATER, "01234", 0.9, 1.234, 1.2)
    sink.write(having(update, replace(still, is_news=True)))
    wait_until(lambda: len(seen.json("t/field/water")) == 1)
    wait_until(lambda: seen.json("t/state"))
    states = len(seen.json("t/state"))
    sink.write(having(update, still))
    sink.write(having(update, replace(still, is_news=True, fault="camera moved")))
    wait_until(lambda: len(seen.json("t/field/water")) == 2)
    assert seen.json("t/field/water")[-1]["fault"] == "camera moved"
    seen._client.publish("t/read", "read", 1).wait_for_publish(60)

    def answered():
        sink.write(having(update, still))
        return len(seen.json("t/field/water")) == 3

    wait_until(answered)
    wait_until(lambda: len(seen.json("t/state")) > states)


@needs_broker
def test_the_picture_of_a_number_that_settles(broker, subscribe, sinks, update):
    broker.start()
    seen = subscribe(broker.port)
    sink = sinks(f"mqtt://127.0.0.1:{broker.port}/t")
    box = update.reading.numbers[0].box_xywh
    sink.write(replace(update, events=(event(box_xywh=box),)))

    def sent_later():
        sink.write(replace(update, events=()))  # the broker may not be there at once
        return any(m.topic == "t/image" for m in list(seen.messages))

    wait_until(sent_later)
    (sent,) = [m.payload for m in seen.messages if m.topic == "t/image"]
    height, width = cv2.imdecode(np.frombuffer(sent, np.uint8), 1).shape[:2]
    assert box[2] <= width <= box[2] + 40
    assert box[3] <= height <= box[3] + 40
