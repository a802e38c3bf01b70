"""A connection to an MQTT broker that outlives the broker's absences."""

import logging
import ssl
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edge_app.common.errors import in_words
from edge_app.sinks.mqtt import broker_probe
from edge_app.sinks.mqtt.address import Address
from edge_app.sinks.mqtt.paho_client import new_client

log = logging.getLogger(__name__)

_BROKEN_HANDSHAKES = (ssl.SSLError, ConnectionResetError, TimeoutError)


@dataclass(frozen=True)
class BrokerLimits:
    """Limits of waiting for a broker.

    Attributes:
        answer_s: It takes to greet, at most.
        keepalive_s: A broker that is silent for 1.5 times that is gone.
        close_s: For what is left to be delivered; twice at the most.
    """

    answer_s: float = 3.0
    keepalive_s: int = 15
    close_s: float = 0.7


_BROKER = BrokerLimits()


@dataclass(frozen=True)
class Message:
    """A message to publish.

    Attributes:
        topic: Where.
        payload: What.
        retain: Whether the broker keeps it for those who come later.
    """

    topic: str
    payload: str | bytes
    retain: bool = True


class Broker:
    """Delivers messages in order and at least once, whenever the broker is there.

    Attributes:
        lost: Set once a message was not delivered; a line of the log said so.
    """

    def __init__(
        self,
        address: Address,
        *,
        ca_file: Path | None,
        greetings: Sequence[Message],
        farewell: Message,
        max_buffered: int,
        commands: Mapping[str, Callable[[], None]] | None = None,
    ) -> None:
        """Begin to connect; returns at once, whether the broker is there or not.

        Args:
            address: Where it is.
            ca_file: Certificates that the broker's is checked against (PEM); `None` for
                the system's.
            greetings: Published each time that a connection is made.
            farewell: Published at the end, by the broker if we end unexpectedly.
            max_buffered: Messages that may wait; the oldest are dropped.
            commands: What a message to a topic asks for, by topic; called in the
                client's thread, which it must not hold up.

        Raises:
            MQTTError: The certificates cannot be used.
        """
        self.lost = threading.Event()
        self._address = address
        self._commands = dict(commands or {})
        self._greetings = list(greetings)
        self._farewell = farewell
        self._changed = threading.Condition()
        self._waiting: deque[Message] = deque(maxlen=max_buffered)
        self._newest: Message | None = None
        self._num_publishing = 0
        self._acknowledged: set[int] = set()
        self._greeting: set[int] = set()  # what of it is under way
        self._connected = False
        self._closing = False
        self._failure = ""
        self._refused = False
        self._losing = False
        self._answering: threading.Timer | None = None
        self._client = self._connecting_client(ca_file)
        self._client.loop_start()
        threading.Thread(target=self._send, name="mqtt", daemon=True).start()

    def put(self, messages: Sequence[Message], *, newest: Message | None) -> None:
        """Leave messages for the sender.

        Args:
            messages: All of them are delivered, in order.
            newest: Delivered after them, unless a newer one comes first.
        """
        with self._changed:
            losing = len(self._waiting) + len(messages) > (self._waiting.maxlen or 0)
            if losing and not self._losing:
                log.warning("mqtt: the broker is away too long, old events are lost")
            if losing:
                self.lost.set()
            self._losing |= losing
            self._waiting.extend(messages)
            self._newest = newest or self._newest
            self._changed.notify_all()

    def greet_with(self, messages: Sequence[Message]) -> None:
        """Publish messages now and each time that a connection is made."""
        topics = {message.topic for message in messages}
        with self._changed:
            others = [
                message for message in self._greetings if message.topic not in topics
            ]
            self._greetings = [*others, *messages]
        self.put(messages, newest=None)

    @property
    def is_connected(self) -> bool:
        """Return whether the broker is there."""
        return self._connected

    def close(self) -> None:
        """Deliver what is left, say goodbye and end, within 2 s."""
        with self._changed:
            self._changed.wait_for(
                lambda: not self._connected or not self._num_left(), _BROKER.close_s
            )
            self._closing = True
            self._changed.notify_all()
            if left := self._num_left():
                self.lost.set()
                log.warning("mqtt: %d messages could not be delivered", left)
        if self._client.is_connected():
            mid = self._publish(self._farewell)
            with self._changed:
                self._changed.wait_for(
                    lambda: mid in self._acknowledged, _BROKER.close_s / 2
                )
        self._client.disconnect()
        # `loop_stop` would wait for ever for a broker that does not answer.
        stopping = threading.Thread(target=self._client.loop_stop, daemon=True)
        stopping.start()
        stopping.join(_BROKER.close_s / 2)

    def _num_left(self) -> int:
        return len(self._waiting) + (self._newest is not None) + self._num_publishing

    def _connecting_client(self, ca_file: Path | None) -> Client:
        client = new_client(self._address, ca_file)
        will = self._farewell
        client.will_set(will.topic, will.payload, 1, will.retain)
        client.on_socket_open = self._on_socket_open
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        client.connect_async(
            self._address.host, self._address.port, keepalive=_BROKER.keepalive_s
        )
        return client

    def _publish(self, message: Message) -> int:
        """Hand a message to the client; returns its identifier."""
        info = self._client.publish(message.topic, message.payload, 1, message.retain)
        return info.mid

    def _send(self) -> None:
        """Hand messages to the client one at a time.

        Paho's own queue is unbounded, and sends many at once: when the connection
        breaks, those that arrived but were not acknowledged are sent again after later
        ones. One message under way keeps the order.
        """
        while (message := self._next()) is not None and self._deliver(message):
            pass

    def _deliver(self, message: Message) -> bool:
        """Publish one message and wait until the broker has it; `False` at the end."""
        mid = self._publish(message)
        with self._changed:
            self._changed.wait_for(lambda: self._closing or mid in self._acknowledged)
            self._acknowledged.clear()
            self._num_publishing = 0
            self._changed.notify_all()
            return not self._closing

    def _next(self) -> Message | None:
        """Return the message that is next; `None` at the end.

        It waits for a broker, so that the one message that Paho holds is all of ours
        that it has to send again.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._closing or (self._connected and self._num_left())
            )
            if self._closing:
                return None
            self._num_publishing = 1
            if self._waiting:
                return self._waiting.popleft()
            message, self._newest = self._newest, None
            return message

    def _on_socket_open(self, _client: Client, _data: Any, _socket: Any) -> None:
        self._answering = threading.Timer(_BROKER.answer_s, self._report_no_answer)
        self._answering.daemon = True
        self._answering.start()

    def _stop_waiting(self) -> None:
        """Note that the broker has answered, or that the connection is over."""
        if self._answering is not None:
            self._answering.cancel()

    def _report_no_answer(self) -> None:
        where = self._address
        why = broker_probe.why_no_answer(where.host, where.port, tls=where.tls)
        if not self._connected and not self._closing:
            self._report(why)

    def _on_connect(
        self,
        _client: Client,
        _data: Any,
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self._stop_waiting()
        self._refused = reason.is_failure
        if reason.is_failure:
            self._report(str(reason))
            return
        log.info("mqtt: connected to %s", self._address.host)
        self._report("")
        # Those not acknowledged yet are sent again by Paho itself.
        if not self._greeting:
            with self._changed:
                greetings = list(self._greetings)
            self._greeting = {self._publish(message) for message in greetings}
        for topic in self._commands:
            self._client.subscribe(topic, 1)
        with self._changed:
            self._connected = True
            self._losing = False
            self._changed.notify_all()

    def _on_connect_fail(self, _client: Client, _data: Any) -> None:
        error = sys.exc_info()[1]
        if isinstance(error, ssl.SSLCertVerificationError):
            self._report(broker_probe.why_not_trusted(error))
        elif self._address.tls and isinstance(error, _BROKEN_HANDSHAKES):
            self._report_no_answer()
        else:
            self._report(in_words(error))

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
        self._stop_waiting()
        if self._closing:
            return
        if lost:
            self._report(f"connection lost: {reason}")
        elif not self._refused:  # which was reported
            self._report_no_answer()

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
            self._greeting.discard(mid)
            self._changed.notify_all()

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        # One that the broker kept was meant for then.
        if not message.retain and message.topic in self._commands:
            self._commands[message.topic]()

    def _report(self, failure: str) -> None:
        """Log a failure to connect once, not at every attempt, and its end."""
        if failure and failure != self._failure:
            host, port = self._address.host, self._address.port
            log.warning("mqtt: %s:%d: %s; trying on", host, port, failure)
        elif self._failure and not failure:
            log.warning("mqtt: %s: connected again", self._address.host)
        self._failure = failure
