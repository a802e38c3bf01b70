"""The page's news, shared by the thread that reads and the one that serves."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from edge_app.sinks.corrections.offered import Corrections
from edge_app.sinks.records import happenings
from edge_app.sinks.records.happenings import REMEMBERED, Happening
from edge_app.sinks.sink import Update


class Feed:
    """The newest update and the last events.

    `put` belongs to the reading thread and never waits for a client: it swaps the
    newest update and wakes whoever watches. The coroutines belong to the server.

    Attributes:
        serial: Of the newest update, from 1; 0 before the first.
        fault: What is wrong with the source, if it has failed.
        num_watchers: Clients that wait for changes.
        closing: Whether this is the end.
    """

    def __init__(
        self,
        *,
        earlier: Iterable[Happening] = (),
        corrections: Corrections | None = None,
    ) -> None:
        """Begin with nothing read.

        Args:
            earlier: Events of before, oldest first; more will follow their numbers.
            corrections: Is told of each number that a person may correct.
        """
        self._corrections = corrections
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()
        self._newest: Update | None = None
        self._history: deque[Happening] = deque(earlier, maxlen=REMEMBERED)
        self._num_happenings = self._history[-1].serial if self._history else 0
        self._offer(self._history)
        self._times: deque[float] = deque(maxlen=30)
        self._heard_s = time.monotonic()
        self.serial = 0
        self.fault: str | None = None
        self.num_watchers = 0
        self.closing = False

    def put(self, update: Update) -> None:
        """Take one update."""
        self._heard_s = time.monotonic()
        new = list(
            happenings.of(
                update,
                after=self._num_happenings,
                with_specimens=self._corrections is not None,
            )
        )
        self._offer(new)
        with self._lock:
            self._newest = update
            self.serial += 1
            self._times.append(time.monotonic())
            self._num_happenings += len(new)
            self._history.extend(new)
        self._wake()

    def _offer(self, happenings: Iterable[Happening]) -> None:
        for happening in happenings:
            if self._corrections is not None and happening.specimen is not None:
                self._corrections.offer(happening.specimen)

    def put_fault(self, fault: str | None) -> None:
        """Take what is wrong with the source; `None` once it works again."""
        self._heard_s = time.monotonic()
        if fault != self.fault:
            self.fault = fault
            self._wake()

    @property
    def newest(self) -> tuple[int, Update | None]:
        """Return the newest update's serial number, from 1, and the update itself."""
        with self._lock:
            return self.serial, self._newest

    def happenings(self, *, after: int) -> list[Happening]:
        """Return the events with a serial number above `after`, oldest first."""
        with self._lock:
            return [
                happening for happening in self._history if happening.serial > after
            ]

    def frames_per_second(self) -> float:
        """Return the updates a second, over the last 30; 0 once none comes."""
        with self._lock:
            times = list(self._times)
        if len(times) < 2 or time.monotonic() - times[-1] > 3:
            return 0.0
        return (len(times) - 1) / max(1e-6, times[-1] - times[0])

    def silent_s(self) -> float:
        """Return the seconds since the newest update; 0 before the first."""
        with self._lock:
            return time.monotonic() - self._times[-1] if self._times else 0.0

    def unheard_s(self) -> float:
        """Return the seconds since the reading thread was last heard of."""
        return time.monotonic() - self._heard_s

    def serve_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wake coroutines of this loop from now on."""
        self._loop = loop

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Count a client that waits for changes."""
        self.num_watchers += 1
        try:
            yield
        finally:
            self.num_watchers -= 1

    async def change(self, *, timeout_s: float) -> None:
        """Wait for the next update, the end, or `timeout_s`."""
        event = self._changed
        try:
            async with asyncio.timeout(timeout_s):
                await event.wait()
        except TimeoutError:
            pass

    def close(self) -> None:
        """Tell every client that this is the end."""
        self.closing = True
        self._wake()

    def _wake(self) -> None:
        if self._loop is not None and (self.num_watchers or self.closing):
            try:
                self._loop.call_soon_threadsafe(self._swap_event)
            except RuntimeError:  # the server has ended
                self._loop = None

    def _swap_event(self) -> None:
        event, self._changed = self._changed, asyncio.Event()
        event.set()
