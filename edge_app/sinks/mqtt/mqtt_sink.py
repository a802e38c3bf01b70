"""Readings sent to an MQTT broker, for Home Assistant and everything else."""

import json
import re
import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from edge_app.common import health
from edge_app.common.draw import cut
from edge_app.sinks.mqtt.address import address
from edge_app.sinks.mqtt.broker import Broker, Message
from edge_app.sinks.mqtt.field_topics import FieldTopics, jpeg
from edge_app.sinks.mqtt.homeassistant import OFFLINE, ONLINE, discovery, shared_by_all
from edge_app.sinks.mqtt.settled import Settled
from edge_app.sinks.records.record_sink import captured_at, event_dict, least_confidence
from edge_app.sinks.sink import Update

_BETWEEN_STATES_S = 0.5  # between two states


class MQTT:
    """Events and the present state, below one topic of a broker.

    `TOPIC/event` gets a JSON object an event, in order and at least once; what happens
    while the broker is away is kept and delivered afterwards. `TOPIC/state` (retained)
    are the numbers that are settled now, when they change and every `heartbeat_s`; of
    pictures that stand alone, such as a folder's, what each of them reads.
    `TOPIC/status` (retained) is `online` or, by the broker's last will, `offline`;
    `TOPIC/fault` (retained) what is wrong with the source, or null. `TOPIC/image`
    (retained) is the picture of the number that settled last. Whatever comes to
    `TOPIC/read` asks for the state of the next frame. Fields have topics of their own.
    """

    def __init__(
        self,
        url: str,
        *,
        ca_file: Path | None = None,
        discovery_prefix: str | None = "homeassistant",
        device_name: str = "edge-digits",
        configuration_url: str | None = None,
        max_buffered: int = 10_000,
        heartbeat_s: float = 30.0,
    ) -> None:
        """Begin to connect; returns at once, whether the broker is there or not.

        Args:
            url: As `address` takes it.
            ca_file: Certificates that the broker's is checked against (PEM); `None` for
                the system's.
            discovery_prefix: Where Home Assistant looks for devices; `None` to tell it
                nothing.
            device_name: What Home Assistant calls the device.
            configuration_url: Where the device's page is, if it has one.
            max_buffered: Events kept while the broker is away; the oldest go first.
            heartbeat_s: Most seconds between two states while frames come.

        Raises:
            MQTTError: The URL or the certificates cannot be used.
        """
        where = address(url)
        self._topic = where.topic
        self._heartbeat_s = heartbeat_s
        self._last_text: str | None = None
        self._last_time_s = -heartbeat_s
        self._fields_sent_s = time.monotonic()  # their first values are news
        self._times: deque[float] = deque(maxlen=30)
        self._settled = Settled()
        self._pictures: dict[str, bytes] = {}  # to be sent, by topic
        self._is_asked = threading.Event()
        self._fault: str | None = None
        shared = _shared(where.topic, device_name, configuration_url)
        self._fields = FieldTopics(
            topic=where.topic, prefix=discovery_prefix, shared=shared
        )
        self._broker = Broker(
            where,
            ca_file=ca_file,
            greetings=[
                Message(f"{self._topic}/status", ONLINE),
                *self._discovery(discovery_prefix, shared),
            ],
            farewell=Message(f"{self._topic}/status", OFFLINE),
            max_buffered=max_buffered,
            commands={f"{self._topic}/read": self._is_asked.set},
        )
        self.lost = self._broker.lost
        self._put_fault()

    def write(self, update: Update) -> bool:
        """Leave the events, and the state if it is due, for the sender."""
        events = [
            {
                "event_type": event.kind,  # the name that Home Assistant expects
                "source": update.source,
                "time": captured_at(update),
                **event_dict(event),
            }
            for event in update.events
        ]
        is_asked = self._is_asked.is_set()
        self._is_asked.clear()
        state = self._due_state(update, is_asked=is_asked)
        self._describe_fields(update)
        topic = f"{self._topic}/event"
        messages = [
            *(Message(topic, json.dumps(event), retain=False) for event in events),
            *self._field_messages(update, is_asked=is_asked),
            *self._newest_pictures(update),
        ]
        if messages or state is not None:
            self._broker.put(messages, newest=state)
        return True

    def _discovery(self, prefix: str | None, shared: dict[str, Any]) -> list[Message]:
        """Return what Home Assistant is told of the device; nothing without prefix."""
        if prefix is None:
            return []
        described = discovery(
            prefix=prefix,
            topic=self._topic,
            shared=shared,
            expire_after_s=round(3 * self._heartbeat_s) + 5,
        )
        return [
            Message(topic, json.dumps(content)) for topic, content in described.items()
        ]

    def _describe_fields(self, update: Update) -> None:
        described = self._fields.described(update.reading.fields)
        if described is not None:
            self._broker.greet_with(
                [Message(*message) for message in described.items()]
            )

    def _field_messages(self, update: Update, *, is_asked: bool) -> Iterator[Message]:
        about = {"source": update.source, "time": captured_at(update)}
        now = time.monotonic()
        # What is no news need not wait for a broker that is away.
        is_due = now - self._fields_sent_s >= self._heartbeat_s
        is_old = is_due and self._broker.is_connected
        if is_asked or is_old:
            self._fields_sent_s = now
        for topic, payload in self._fields.messages(
            update.reading.fields, about, all_of=is_asked or is_old
        ):
            if isinstance(payload, bytes):
                self._pictures[topic] = payload
            else:
                yield Message(topic, payload)

    def _newest_pictures(self, update: Update) -> Iterator[Message]:
        """Yield those that were not sent yet: of each thing, the newest alone."""
        settled = [
            event for event in update.events if event.kind in ("settled", "changed")
        ]
        for event in settled[-1:]:
            if (picture := cut(update.frame.image, event.box_xywh)) is not None:
                self._pictures[f"{self._topic}/image"] = jpeg(picture)
        if self._broker.is_connected:
            yield from (Message(*message) for message in self._pictures.items())
            self._pictures.clear()

    def wait(self, fault: str | None) -> bool:
        """Publish what is wrong with the source, when that changes."""
        if fault != self._fault:
            self._fault = fault
            self._put_fault()
        return True

    def reconnected(self) -> None:
        """Publish that the source works again."""
        self.wait(None)

    def _put_fault(self) -> None:
        content = json.dumps({"fault": self._fault})
        self._broker.put([Message(f"{self._topic}/fault", content)], newest=None)

    def close(self) -> None:
        """Deliver what is left, say goodbye and end, within 2 s."""
        self._broker.close()

    def _due_state(self, update: Update, *, is_asked: bool) -> Message | None:
        """Return the state as JSON, if it has changed, is asked for, or is old."""
        now = time.monotonic()
        self._times.append(now)
        self._settled.follow(update.events)
        if now - self._last_time_s < _BETWEEN_STATES_S and not is_asked:
            return None
        numbers = self._numbers(update)
        text = "  ".join(number["text"] for number in numbers)
        is_old = now - self._last_time_s >= self._heartbeat_s
        if text == self._last_text and not is_old and not is_asked:
            return None
        self._last_text, self._last_time_s = text, now
        elapsed = now - self._times[0]
        rate = (len(self._times) - 1) / elapsed if elapsed else 0.0
        state = {
            "source": update.source,
            "time": captured_at(update),
            "text": text,
            "digits": sum(character.isdigit() for character in text),
            "numbers": numbers,
            "age_ms": round(update.age_ms, 1),
            "frames_per_second": round(rate, 1),
            "temperature_c": health.examine().temperature_c,
        }
        return Message(f"{self._topic}/state", json.dumps(state))

    def _numbers(self, update: Update) -> list[dict[str, Any]]:
        if update.frame.name is None:
            found = [
                (number.text, number.confidence, number.box_xywh)
                for number in self._settled.now(update.reading)
            ]
        else:  # a picture that stands alone; nothing settles there
            found = [
                (number.text, least_confidence(update, number), number.box_xywh)
                for number in update.reading.numbers
            ]
        return [
            {"text": text, "confidence": round(confidence, 4), "box_xywh": box}
            for text, confidence, box in found
        ]


def _shared(
    topic: str, device_name: str, configuration_url: str | None
) -> dict[str, Any]:
    """Return what all messages to Home Assistant have; a topic is a device."""
    return shared_by_all(
        topic=topic,
        device_id="edge_digits_" + re.sub(r"[^\w-]", "_", topic),
        device_name=device_name,
        configuration_url=configuration_url,
    )
