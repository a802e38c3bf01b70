"""HTTP connections, of which those that ask nothing take no place from others."""

import asyncio
from collections import defaultdict
from typing import Any, Protocol

from uvicorn.protocols.http.h11_impl import H11Protocol

HEADERS_S = 10.0  # how long a client may take to send the head of a request
MOST_IDLE_OF_CLIENT = 64  # browsers keep 6, a proxy those of its clients
MOST_IDLE = 256


class _Closable(Protocol):
    """A connection that can be let go."""

    def let_go(self) -> None:
        """Close it."""


class Idle:
    """Connections without a request, the newest few of each client.

    Whoever opens hundreds and asks nothing loses the oldest of them, and nobody else
    does.
    """

    def __init__(self) -> None:
        """Start with none."""
        # In the order in which they became idle; the values mean nothing.
        self._by_client: defaultdict[str, dict[_Closable, None]] = defaultdict(dict)

    def __len__(self) -> int:
        """Return how many there are."""
        return sum(map(len, self._by_client.values()))

    def add(self, connection: _Closable, client: str) -> None:
        """Count one more, and let the oldest go where there are too many."""
        self._by_client[client][connection] = None
        if len(self._by_client[client]) > MOST_IDLE_OF_CLIENT:
            self._drop_oldest_of(client)
        elif len(self) > MOST_IDLE:
            of_most = max(
                self._by_client, key=lambda client: len(self._by_client[client])
            )
            self._drop_oldest_of(of_most)

    def discard(self, connection: _Closable, client: str) -> None:
        """Count one less, if it was counted."""
        if client in self._by_client:
            self._by_client[client].pop(connection, None)
            if not self._by_client[client]:
                del self._by_client[client]

    def _drop_oldest_of(self, client: str) -> None:
        oldest = next(iter(self._by_client[client]))
        self.discard(oldest, client)
        oldest.let_go()


class Connection(H11Protocol):
    """HTTP that lets go of clients who connect and then ask for nothing."""

    def __init__(self, *args: Any, idle: Idle, **options: Any) -> None:
        """Make one of uvicorn's, which is counted in `idle` while it has no request."""
        super().__init__(*args, **options)
        self._idle = idle
        self._address = ""
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        self._wait()

    def handle_events(self) -> None:
        """Take what has arrived: a request, a part of one, or several."""
        super().handle_events()
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_waiting()

    def on_response_complete(self) -> None:
        """Wait for the next request, unless it is there already."""
        super().on_response_complete()
        if self.cycle.response_complete and not self.transport.is_closing():
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._stop_waiting()
        super().connection_lost(exc)

    def let_go(self) -> None:
        """Close it."""
        self._stop_waiting()
        self.transport.close()

    def _wait(self) -> None:
        self._stop_waiting()
        self._timer = self.loop.call_later(HEADERS_S, self.let_go)
        self._idle.add(self, self._address)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._idle.discard(self, self._address)
