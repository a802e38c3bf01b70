"""Readings sent to an MQTT broker, in order, whether it is there just now or not."""

import json
import logging
import os
import re
import secrets
import ssl
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edge_app import health
from edge_app.errors import MQTTError
from edge_app.sinks.base import Update
from edge_app.sinks.homeassistant import OFFLINE, ONLINE, discovery
from edge_app.sinks.records import captured_at, event_dict, least_confidence

log = logging.getLogger(__name__)

PASSWORD_VARIABLE = "EDGE_DIGITS_MQTT_PASSWORD"
_PORTS = {"mqtt": 1883, "mqtts": 8883}
_DEFAULT_TOPIC = "edge-digits"
_KEEPALIVE_S = 15  # a broker that is silent for 1.5 times that is gone
_LONGEST_WAIT_S = 30  # between two attempts to connect
_LEAST_PAUSE_S = 0.5  # between two states
_CLOSE_S = 0.8  # for what is left to be delivered; twice at the most


@dataclass(frozen=True)
class Address:
    """Where a broker is and what is said to it.

    Attributes:
        host: Its name or IP address.
        port: Its TCP port.
        topic: Below which everything is published.
        username: `None` for an anonymous client.
        password: Never shown.
        tls: Whether the connection is encrypted.
    """

    host: str
    port: int
    topic: str
    username: str | None
    password: str | None = field(repr=False)
    tls: bool


def address(url: str) -> Address:
    """The address in a URL, the password from the environment if it is not there.

    Args:
        url: `mqtt://user:password@host:port/topic`, or `mqtts://` for TLS; all but the
            host may be left out, and special characters are percent-encoded.

    Raises:
        MQTTError: It is no such URL. The message leaves the password out.
    """
    expected = "mqtt://user@host:port/topic or mqtts://... expected"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise MQTTError(f"{expected}, got one with a wrong host or port") from error
    shown = url.rpartition("@")[2]
    if parts.scheme not in _PORTS or not parts.hostname:
        raise MQTTError(f"{expected}, got {shown}")
    topic = unquote(parts.path).strip("/") or _DEFAULT_TOPIC
    if set("?#") & set(url) or set("+#\0") & set(topic):
        raise MQTTError(f"a topic without + # ? and {expected}, got {shown}")
    password = unquote(parts.password) if parts.password is not None else None
    return Address(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        topic=topic,
        username=unquote(parts.username) if parts.username else None,
        password=password or os.environ.get(PASSWORD_VARIABLE),
        tls=parts.scheme == "mqtts",
    )


class MQTT:
    """Events and the present state, below one topic of a broker.

    `TOPIC/event` gets a JSON object an event, in order and at least once; what happens
    while the broker is away is kept and delivered afterwards. `TOPIC/state` (retained)
    is what is read now, when it changes and every `heartbeat_s`. `TOPIC/status`
    (retained) is `online` or, by the broker's last will, `offline`.
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
        self._broker = address(url)
        self._heartbeat_s = heartbeat_s
        self._discovery = self._described(discovery_prefix, device_name)
        self._changed = threading.Condition()
        self._events: deque[str] = deque(maxlen=max_buffered)
        self._state: str | None = None
        self._connected = False
        self._closing = False
        self._failure = ""
        self._losing = False
        self._num_under_way = 0
        self._acknowledged: set[int] = set()
        self._last_text: str | None = None
        self._last_time_s = -heartbeat_s
        self._times: deque[float] = deque(maxlen=30)
        self._client = self._new_client(ca_file)
        self._client.connect_async(
            self._broker.host, self._broker.port, keepalive=_KEEPALIVE_S
        )
        self._client.loop_start()
        self._sender = threading.Thread(target=self._send, name="mqtt", daemon=True)
        self._sender.start()

    def write(self, update: Update) -> bool:
        """Leave the events, and the state if it is due, for the sender."""
        events = [
            json.dumps(
                {
                    "event_type": event.kind,  # the name that Home Assistant expects
                    "source": update.source,
                    "time": captured_at(update),
                    **event_dict(event),
                }
            )
            for event in update.events
        ]
        state = self._due_state(update)
        if not events and state is None:
            return True
        with self._changed:
            losing = len(self._events) + len(events) > (self._events.maxlen or 0)
            if losing and not self._losing:
                log.warning("mqtt: the broker is away too long, old events are lost")
            self._losing |= losing
            self._events.extend(events)
            self._state = state or self._state
            self._changed.notify_all()
        return True

    def close(self) -> None:
        """Deliver what is left, say goodbye and end, within 2 s."""
        with self._changed:
            self._changed.wait_for(
                lambda: not self._connected or not self._num_left(), _CLOSE_S
            )
            self._closing = True
            self._changed.notify_all()
            if left := self._num_left():
                log.warning("mqtt: %d messages could not be delivered", left)
        if self._client.is_connected():
            mid = self._client.publish(self._topic("status"), OFFLINE, 1, True).mid
            with self._changed:
                self._changed.wait_for(lambda: mid in self._acknowledged, _CLOSE_S / 2)
        self._client.disconnect()
        # `loop_stop` would wait for ever for a broker that does not answer.
        stopping = threading.Thread(target=self._client.loop_stop, daemon=True)
        stopping.start()
        stopping.join(_CLOSE_S / 2)

    def _num_left(self) -> int:
        return len(self._events) + (self._state is not None) + self._num_under_way

    def _topic(self, name: str) -> str:
        return f"{self._broker.topic}/{name}"

    def _described(self, prefix: str | None, device_name: str) -> dict[str, str]:
        if prefix is None:
            return {}
        device_id = "edge_digits_" + re.sub(r"[^\w-]", "_", self._broker.topic)
        messages = discovery(
            prefix=prefix,
            topic=self._broker.topic,
            device_id=device_id,
            device_name=device_name,
            expire_after_s=round(3 * self._heartbeat_s) + 5,
        )
        return {topic: json.dumps(message) for topic, message in messages.items()}

    def _new_client(self, ca_file: Path | None) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2, client_id=f"edge-digits-{secrets.token_hex(4)}"
        )
        if self._broker.username is not None:
            client.username_pw_set(self._broker.username, self._broker.password)
        if self._broker.tls:
            try:
                context = ssl.create_default_context(cafile=ca_file)
            except (OSError, ssl.SSLError) as error:
                raise MQTTError(
                    f"{ca_file}: certificates in PEM format expected ({error})"
                ) from error
            client.tls_set_context(context)
        client.will_set(self._topic("status"), OFFLINE, 1, True)
        client.reconnect_delay_set(1, _LONGEST_WAIT_S)
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        return client

    def _due_state(self, update: Update) -> str | None:
        """The state as JSON, if it has changed or the last one is old."""
        now = time.monotonic()
        self._times.append(now)
        text = "  ".join(number.text for number in update.reading.numbers)
        pause = _LEAST_PAUSE_S if text != self._last_text else self._heartbeat_s
        if now - self._last_time_s < pause:
            return None
        self._last_text, self._last_time_s = text, now
        elapsed = now - self._times[0]
        rate = (len(self._times) - 1) / elapsed if elapsed else 0.0
        state: dict[str, Any] = {
            "source": update.source,
            "time": captured_at(update),
            "text": text,
            "digits": len(update.reading.digits),
            "numbers": [
                {
                    "text": number.text,
                    "confidence": round(least_confidence(update, number), 4),
                    "box_xywh": number.box_xywh,
                }
                for number in update.reading.numbers
            ],
            "age_ms": round(update.age_ms, 1),
            "frames_per_second": round(rate, 1),
            "temperature_c": health.examine().temperature_c,
        }
        return json.dumps(state)

    def _send(self) -> None:
        """Hand messages to the client one at a time.

        Paho's own queue is unbounded, and sends many at once: when the connection
        breaks, those that arrived but were not acknowledged are sent again after later
        ones. One message under way keeps the order.
        """
        while (message := self._next()) is not None and self._deliver(*message):
            pass

    def _deliver(self, topic: str, payload: str, retain: bool) -> bool:
        """Publish one message and wait until the broker has it; `False` at the end."""
        mid = self._client.publish(topic, payload, 1, retain).mid
        with self._changed:
            self._changed.wait_for(lambda: self._closing or mid in self._acknowledged)
            self._acknowledged.clear()
            self._num_under_way = 0
            self._changed.notify_all()
            return not self._closing

    def _next(self) -> tuple[str, str, bool] | None:
        """Topic, payload and retain flag of what is next; `None` at the end.

        It waits for a broker, so that the one message that Paho holds is all of ours
        that it has to send again.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._closing or (self._connected and self._num_left())
            )
            if self._closing:
                return None
            self._num_under_way = 1
            if self._events:
                return self._topic("event"), self._events.popleft(), False
            state, self._state = self._state or "", None
            return self._topic("state"), state, True

    def _on_connect(
        self,
        client: Client,
        _data: Any,
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._report(str(reason))
            return
        log.info("mqtt: connected to %s", self._broker.host)
        self._report("")
        client.publish(self._topic("status"), ONLINE, 1, True)
        for topic, message in self._discovery.items():
            client.publish(topic, message, 1, True)
        with self._changed:
            self._connected = True
            self._losing = False
            self._changed.notify_all()

    def _on_connect_fail(self, _client: Client, _data: Any) -> None:
        self._report(str(sys.exc_info()[1]))

    def _on_disconnect(
        self,
        _client: Client,
        _data: Any,
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        with self._changed:
            lost, self._connected = self._connected, False
            self._changed.notify_all()
        if lost and not self._closing:
            self._report(f"connection lost: {reason}")

    def _on_publish(
        self,
        _client: Client,
        _data: Any,
        mid: int,
        _reason: ReasonCode,
        _properties: Properties,
    ) -> None:
        with self._changed:
            self._acknowledged.add(mid)
            self._changed.notify_all()

    def _report(self, failure: str) -> None:
        """Log a failure to connect once, not at every attempt, and its end."""
        if failure and failure != self._failure:
            host, port = self._broker.host, self._broker.port
            log.warning("mqtt: %s:%d: %s; trying on", host, port, failure)
        elif self._failure and not failure:
            log.warning("mqtt: %s: connected again", self._broker.host)
        self._failure = failure
