"""Readings sent to an MQTT broker, for Home Assistant and everything else."""

import json
import re
import time
from collections import deque
from pathlib import Path
from typing import Any

from edge_app.common import health
from edge_app.sinks.mqtt.broker import Broker, Message, address
from edge_app.sinks.mqtt.homeassistant import OFFLINE, ONLINE, discovery
from edge_app.sinks.records.record_sink import captured_at, event_dict, least_confidence
from edge_app.sinks.settled import Settled
from edge_app.sinks.sink import Update

_LEAST_PAUSE_S = 0.5  # between two states


class MQTT:
    """Events and the present state, below one topic of a broker.

    `TOPIC/event` gets a JSON object an event, in order and at least once; what happens
    while the broker is away is kept and delivered afterwards. `TOPIC/state` (retained)
    are the numbers that are settled now, when they change and every `heartbeat_s`; of
    pictures that stand alone, such as a folder's, what each of them reads.
    `TOPIC/status` (retained) is `online` or, by the broker's last will, `offline`;
    `TOPIC/fault` (retained) what is wrong with the source, or null.
    """

    def __init__(
        self,
        url: str,
        *,
        ca_file: Path | None = None,
        discovery_prefix: str | None = "homeassistant",
        device_name: str = "edge-digits",
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
        self._times: deque[float] = deque(maxlen=30)
        self._settled = Settled()
        described = {}
        if discovery_prefix is not None:
            described = discovery(
                prefix=discovery_prefix,
                topic=where.topic,
                device_id="edge_digits_" + re.sub(r"[^\w-]", "_", where.topic),
                device_name=device_name,
                expire_after_s=round(3 * heartbeat_s) + 5,
            )
        self._fault: str | None = None
        self._broker = Broker(
            where,
            ca_file=ca_file,
            greetings=[
                Message(f"{self._topic}/status", ONLINE),
                *(Message(each, json.dumps(told)) for each, told in described.items()),
            ],
            farewell=Message(f"{self._topic}/status", OFFLINE),
            max_buffered=max_buffered,
        )
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
        state = self._due_state(update)
        if events or state is not None:
            topic = f"{self._topic}/event"
            self._broker.put(
                [Message(topic, json.dumps(event), retain=False) for event in events],
                newest=state,
            )
        return True

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
        told = json.dumps({"fault": self._fault})
        self._broker.put([Message(f"{self._topic}/fault", told)], newest=None)

    def close(self) -> None:
        """Deliver what is left, say goodbye and end, within 2 s."""
        self._broker.close()

    def _due_state(self, update: Update) -> Message | None:
        """The state as JSON, if it has changed or the last one is old."""
        now = time.monotonic()
        self._times.append(now)
        self._settled.follow(update.events)
        if now - self._last_time_s < _LEAST_PAUSE_S:
            return None
        numbers = self._numbers(update)
        text = "  ".join(each["text"] for each in numbers)
        is_old = now - self._last_time_s >= self._heartbeat_s
        if text == self._last_text and not is_old:
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
                (each.text, each.confidence, each.box_xywh)
                for each in self._settled.now(update.reading)
            ]
        else:  # a picture that stands alone; nothing settles there
            found = [
                (each.text, least_confidence(update, each), each.box_xywh)
                for each in update.reading.numbers
            ]
        return [
            {"text": text, "confidence": round(confidence, 4), "box_xywh": box}
            for text, confidence, box in found
        ]
