"""The numbers that settle, posted to a URL as JSON."""

import http.client
import json
import logging
import ssl
import threading
import time
from base64 import b64encode
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit
from uuid import uuid4

from edge_app import __version__
from edge_app.common.errors import WebhookError, in_words
from edge_app.sinks.background import Background
from edge_app.sinks.records.record_sink import captured_at, event_dict
from edge_app.sinks.sink import Update
from edge_app.sources.network.urls import login

log = logging.getLogger(__name__)

_SENT = ("settled", "changed", "fault")  # kinds of events
_TRY_AGAIN_STATUSES = (408, 425, 429)  # below 500, that ask for another attempt


@dataclass(frozen=True)
class WebhookLimits:
    """Limits of waiting for a server that is away.

    Attributes:
        most_waiting: Events.
        answer_s: A server takes for its answer, at most.
        first_wait_s: Between the first two attempts; then twice as long.
        longest_wait_s: Between two attempts, at most.
        given_up_s: After which an event is dropped.
        close_s: For what is left to be delivered.
    """

    most_waiting: int = 1000
    answer_s: float = 10.0
    first_wait_s: float = 1.0
    longest_wait_s: float = 60.0
    given_up_s: float = 900.0
    close_s: float = 1.2


_WEBHOOK = WebhookLimits()


class Webhook:
    """Posts each event that settled, changed or is a fault, in order.

    Reading never waits for it: a thread does it, tries again where the server is away
    or answers that it has a problem, and drops what the server refuses.
    """

    def __init__(self, url: str, *, name: str) -> None:
        """Begin; the server need not be there yet.

        Args:
            url: `http://` or `https://`, with a user and password if it needs them.
            name: What the JSON calls this device.

        Raises:
            WebhookError: It is no such URL.
        """
        self._url = _checked(url)
        self._headers = {
            "Content-Type": "application/json",
            "User-Agent": f"edge-digits/{__version__}",
        }
        if (user := login(url)) is not None:
            credentials = b64encode(":".join(user).encode()).decode()
            self._headers["Authorization"] = f"Basic {credentials}"
        self._name = name
        self._shown = f"webhook {self._url.hostname}"  # its path may be a secret
        self._closing = threading.Event()
        self._is_failing = False
        self._thread = Background(
            self._deliver, name=self._shown, capacity=_WEBHOOK.most_waiting
        )
        self.lost = self._thread.lost

    def write(self, update: Update) -> bool:
        """Leave the events for the thread."""
        for event in update.events:
            if event.kind in _SENT:
                self._thread.put(
                    {
                        "id": str(uuid4()),  # the same in every attempt
                        "device": self._name,
                        "source": update.source,
                        "time": captured_at(update),
                        **event_dict(event),
                    }
                )
        return True

    def close(self) -> None:
        """Deliver what waits, as far as one attempt each does, and end."""
        self._closing.set()
        self._thread.close(timeout_s=_WEBHOOK.close_s)

    def _deliver(self, event: dict[str, Any]) -> None:
        body = json.dumps(event).encode()
        wait_s, ends_s = _WEBHOOK.first_wait_s, time.monotonic() + _WEBHOOK.given_up_s
        while (why := self._attempt(body)) is not None:
            if not self._is_failing:  # once, not at every attempt
                log.warning("%s: %s; trying on", self._shown, why)
            self._is_failing = True
            if time.monotonic() > ends_s or self._closing.wait(wait_s):
                self.lost.set()
                log.warning("%s: an event is lost", self._shown)
                return
            wait_s = min(2 * wait_s, _WEBHOOK.longest_wait_s)
        if self._is_failing:
            log.warning("%s: answers again", self._shown)
        self._is_failing = False

    def _attempt(self, body: bytes) -> str | None:
        """Post once; return why it has to be tried again, `None` if it has not."""
        try:
            status = self._posted(body)
        except (OSError, http.client.HTTPException) as error:
            return in_words(error)
        if status >= 500 or status in _TRY_AGAIN_STATUSES:
            return f"status {status}"
        if status >= 300:
            self.lost.set()
            log.warning("%s: an event is refused with status %d", self._shown, status)
        return None

    def _posted(self, body: bytes) -> int:
        host, port = self._url.hostname or "", self._url.port
        connection: http.client.HTTPConnection
        if self._url.scheme == "https":
            connection = http.client.HTTPSConnection(
                host,
                port,
                timeout=_WEBHOOK.answer_s,
                context=ssl.create_default_context(),
            )
        else:
            connection = http.client.HTTPConnection(
                host, port, timeout=_WEBHOOK.answer_s
            )
        path = self._url._replace(scheme="", netloc="", fragment="").geturl()
        try:
            connection.request("POST", path or "/", body, self._headers)
            return connection.getresponse().status
        finally:
            connection.close()


def _checked(url: str) -> SplitResult:
    expected = "webhook: http://host/path or https://... expected"
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise WebhookError(f"{expected}, got one with a wrong host or port") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise WebhookError(f"{expected}, got {url.rpartition('@')[2]}")
    return parts
