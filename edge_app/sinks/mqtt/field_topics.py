"""The MQTT topics of fields, which Home Assistant discovers.

https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.live.fields.field import Field
from edge_app.live.fields.values.value import FieldReading

_SENT_JPEG_QUALITY = 85  # of 100, JPEG


class FieldTopics:
    """The topics of fields, which may come and go while the broker is connected.

    `TOPIC/field/NAME` gets what is known of a field, `TOPIC/field/NAME/image` its
    picture.
    """

    def __init__(
        self, *, topic: str, prefix: str | None, shared: Mapping[str, Any]
    ) -> None:
        """Know of no field yet.

        Args:
            topic: Below which readings are published.
            prefix: Home Assistant's discovery prefix; `None` for none.
            shared: What the descriptions of all fields have, `device` among it.
        """
        self._topic = topic
        self._prefix = prefix
        self._shared = shared
        self._known: tuple[Field, ...] = ()

    def described(self, fields: Iterable[FieldReading]) -> dict[str, str] | None:
        """Return discovery messages by topic where fields are others than before.

        Those of fields that are gone are empty, which removes them.
        """
        now = tuple(reading.field for reading in fields)
        if now == self._known or self._prefix is None:
            return None
        gone = {
            topic: ""
            for field in self._known
            if field.name not in {kept.name for kept in now}
            for topic in self._discovery(field)
        }
        self._known = now
        return gone | {
            topic: json.dumps(content)
            for field in now
            for topic, content in self._discovery(field).items()
        }

    def messages(
        self,
        fields: Iterable[FieldReading],
        about: Mapping[str, Any],
        *,
        all_of: bool,
    ) -> Iterator[tuple[str, str | bytes]]:
        """Yield topic and message of each field that has news.

        Args:
            fields: Now.
            about: What every message has, `time` and the like.
            all_of: Whether those without news are told, too.
        """
        for reading in fields:
            if not reading.is_news and not all_of:
                continue
            topic = f"{self._topic}/field/{reading.name}"
            yield topic, json.dumps({**about, **reading.to_dict()})
            if reading.image is not None:
                yield f"{topic}/image", jpeg(reading.image)

    def _discovery(self, field: Field) -> dict[str, dict[str, Any]]:
        topic = f"{self._topic}/field/{field.name}"
        (device_id,) = self._shared["device"]["identifiers"]
        key = f"field_{field.name}"
        sensor = {
            **self._shared,
            "unique_id": f"{device_id}_{key}",
            "state_topic": topic,
            "json_attributes_topic": topic,
            **_sensor(field),
        }
        problem = {
            **self._shared,
            "name": f"{field.name} fault",
            "unique_id": f"{device_id}_{key}_fault",
            "device_class": "problem",
            "entity_category": "diagnostic",
            "state_topic": topic,
            "value_template": "{{ 'ON' if value_json.fault else 'OFF' }}",
        }
        picture = {
            **self._shared,
            "name": f"{field.name} picture",
            "unique_id": f"{device_id}_{key}_image",
            "image_topic": f"{topic}/image",
            "content_type": "image/jpeg",
        }
        begin = self._prefix
        return {
            f"{begin}/sensor/{device_id}/{key}/config": sensor,
            f"{begin}/binary_sensor/{device_id}/{key}/config": problem,
            f"{begin}/image/{device_id}/{key}/config": picture,
        }


def jpeg(image: NDArray[np.uint8]) -> bytes:
    """Return a picture, `(H, W, 3)` uint8, BGR, as JPEG."""
    _, content = cv2.imencode(
        ".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _SENT_JPEG_QUALITY]
    )
    return content.tobytes()


def _sensor(field: Field) -> dict[str, Any]:
    """Return what a sensor's description says of its field's values."""
    sensor = {
        "name": field.name,
        "icon": "mdi:counter",
        "value_template": "{{ value_json.value }}",
        "state_class": "total_increasing" if field.never_falls else "measurement",
        "suggested_display_precision": field.decimals,
    }
    if field.unit is not None:
        sensor["unit_of_measurement"] = field.unit
    if field.device_class is not None:
        sensor["device_class"] = field.device_class
        del sensor["icon"]  # its own fits
    return sensor
