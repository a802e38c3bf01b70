"""The messages by which Home Assistant shows readings by itself.

https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery
"""

from typing import Any, get_args

from edge_app import __version__
from edge_app.live.tracking.track import EventKind

ONLINE, OFFLINE = "online", "offline"


def shared_by_all(
    *, topic: str, device_id: str, device_name: str, configuration_url: str | None
) -> dict[str, Any]:
    """Return what the messages of all entities have.

    Args:
        topic: Below which the readings are published.
        device_id: Of letters, digits, `_` and `-`, unique at the broker.
        device_name: For people.
        configuration_url: Where the device's page is, if it has one.
    """
    device: dict[str, Any] = {
        "identifiers": [device_id],
        "name": device_name,
        "manufacturer": "edge-digits",
        "model": "Handwritten digits, read by a camera",
        "sw_version": __version__,
    }
    if configuration_url is not None:
        device["configuration_url"] = configuration_url
    return {"device": device, "availability_topic": f"{topic}/status"}


def discovery(
    *, prefix: str, topic: str, shared: dict[str, Any], expire_after_s: int
) -> dict[str, dict[str, Any]]:
    """Return the retained message that each discovery topic gets.

    Args:
        prefix: Home Assistant's discovery prefix.
        topic: Below which the readings are published.
        shared: As `shared_by_all` gives it.
        expire_after_s: Seconds without news after which a value is unknown.
    """
    (device_id,) = shared["device"]["identifiers"]
    messages: dict[str, dict[str, Any]] = {
        f"{prefix}/sensor/{device_id}/{key}/config": {
            **sensor,
            **shared,
            "unique_id": f"{device_id}_{key}",
            "state_topic": f"{topic}/state",
            "expire_after": expire_after_s,
        }
        for key, sensor in _sensors(topic).items()
    }
    for kind, key, unique, entity in _other_entities(topic):
        messages[f"{prefix}/{kind}/{device_id}/{key}/config"] = {
            **shared,
            **entity,
            "unique_id": f"{device_id}_{unique}",
        }
    return messages


def _sensors(topic: str) -> dict[str, dict[str, Any]]:
    """Return what each sensor shows of the state, by the key of its name."""
    return {
        "numbers": {
            "name": "Numbers",
            "icon": "mdi:numeric",
            # A state holds at most 255 characters.
            "value_template": "{{ value_json.text[:255] }}",
            "json_attributes_topic": f"{topic}/state",
        },
        "digits": {
            "name": "Digits",
            "icon": "mdi:counter",
            "state_class": "measurement",
            "value_template": "{{ value_json.digits }}",
        },
        "age": {
            "name": "Age of the picture",
            "device_class": "duration",
            "unit_of_measurement": "ms",
            "entity_category": "diagnostic",
            "value_template": "{{ value_json.age_ms }}",
        },
        "temperature": {
            "name": "Processor temperature",
            "device_class": "temperature",
            "unit_of_measurement": "°C",
            "entity_category": "diagnostic",
            "value_template": "{{ value_json.temperature_c }}",
        },
    }


def _other_entities(topic: str) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Return each one's kind, its key, the end of its identity and what it is."""
    fault = {
        "name": "Camera",
        "device_class": "problem",
        "entity_category": "diagnostic",
        "state_topic": f"{topic}/fault",
        "value_template": "{{ 'ON' if value_json.fault else 'OFF' }}",
        "json_attributes_topic": f"{topic}/fault",
    }
    picture = {
        "name": "Number's picture",
        "image_topic": f"{topic}/image",
        "content_type": "image/jpeg",
    }
    read = {
        "name": "Read now",
        "icon": "mdi:camera",
        "command_topic": f"{topic}/read",
        "payload_press": "read",
    }
    number = {
        "name": "Number",
        "icon": "mdi:numeric",
        "state_topic": f"{topic}/event",
        "event_types": list(get_args(EventKind)),
    }
    return [
        ("binary_sensor", "fault", "fault", fault),
        ("image", "number", "image", picture),
        ("button", "read", "read", read),
        ("event", "number", "number", number),
    ]
