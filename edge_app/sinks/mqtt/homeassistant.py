"""What Home Assistant must be told to show readings by itself.

https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery
"""

from typing import Any, get_args

from edge_app import __version__
from edge_app.live.tracking.track import EventKind

ONLINE, OFFLINE = "online", "offline"


def discovery(
    *, prefix: str, topic: str, device_id: str, device_name: str, expire_after_s: int
) -> dict[str, dict[str, Any]]:
    """The retained message that each discovery topic gets.

    Args:
        prefix: Home Assistant's discovery prefix.
        topic: Below which the readings are published.
        device_id: Of letters, digits, `_` and `-`, unique at the broker.
        device_name: For people.
        expire_after_s: Seconds without news after which a value is unknown.
    """
    device = {
        "identifiers": [device_id],
        "name": device_name,
        "manufacturer": "edge-digits",
        "model": "Handwritten digits, read by a camera",
        "sw_version": __version__,
    }
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
    shared = {"device": device, "availability_topic": f"{topic}/status"}
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
    messages[f"{prefix}/event/{device_id}/number/config"] = {
        **shared,
        "name": "Number",
        "icon": "mdi:numeric",
        "unique_id": f"{device_id}_number",
        "state_topic": f"{topic}/event",
        "event_types": list(get_args(EventKind)),
    }
    return messages
