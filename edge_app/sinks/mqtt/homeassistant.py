"""What Home Assistant must be told to show readings by itself.

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
    sensors: dict[str, dict[str, Any]] = {
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
    messages = {
        f"{prefix}/sensor/{device_id}/{key}/config": {
            **sensor,
            **shared,
            "unique_id": f"{device_id}_{key}",
            "state_topic": f"{topic}/state",
            "expire_after": expire_after_s,
        }
        for key, sensor in sensors.items()
    }
    messages[f"{prefix}/binary_sensor/{device_id}/fault/config"] = {
        **shared,
        "name": "Camera",
        "device_class": "problem",
        "entity_category": "diagnostic",
        "unique_id": f"{device_id}_fault",
        "state_topic": f"{topic}/fault",
        "value_template": "{{ 'ON' if value_json.fault else 'OFF' }}",
        "json_attributes_topic": f"{topic}/fault",
    }
    messages[f"{prefix}/image/{device_id}/number/config"] = {
        **shared,
        "name": "Number's picture",
        "unique_id": f"{device_id}_image",
        "image_topic": f"{topic}/image",
        "content_type": "image/jpeg",
    }
    messages[f"{prefix}/button/{device_id}/read/config"] = {
        **shared,
        "name": "Read now",
        "icon": "mdi:camera",
        "unique_id": f"{device_id}_read",
        "command_topic": f"{topic}/read",
        "payload_press": "read",
    }
    messages[f"{prefix}/event/{device_id}/number/config"] = {
        **shared,
        "name": "Number",
        "icon": "mdi:numeric",
        "unique_id": f"{device_id}_number",
        "state_topic": f"{topic}/event",
        "event_types": list(get_args(EventKind)),
    }
    return messages
