"""What the page shows, shared by the thread that reads and the one that serves."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common.draw import cut
from edge_app.live.tracking.track import Event
from edge_app.sinks.sink import Update

_REMEMBERED = 200  # events
_SHOWN = ("settled", "changed", "gone")  # kinds of events that a history needs
_THUMB_HEIGHT = 40  # pixels
_WIDEST_THUMB = 8  # times its height


@dataclass(frozen=True)
class Happening:
    """An event as the history shows it.

    Attributes:
        serial: 1 for the first, then 2 and so on.
        when_s: Seconds since 1970.
        event: What happened.
        thumb: The number as it was seen, `(H, W, 3)` uint8, BGR; `None` once gone.
    """

    serial: int
    when_s: float
    event: Event
    thumb: NDArray[np.uint8] | None


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

    def __init__(self) -> None:
        """Nothing has been read yet."""
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()
        self._newest: Update | None = None
        self._num_happenings = 0
        self._history: deque[Happening] = deque(maxlen=_REMEMBERED)
        self._times: deque[float] = deque(maxlen=30)
        self._heard_s = time.monotonic()
        self.serial = 0
        self.fault: str | None = None
        self.num_watchers = 0
        self.closing = False

    def put(self, update: Update) -> None:
        """Take one update."""
        self._heard_s = time.monotonic()
        shown = [event for event in update.events if event.kind in _SHOWN]
        with self._lock:
            self._newest = update
            self.serial += 1
            self._times.append(time.monotonic())
            for event in shown:
                self._num_happenings += 1
                thumb = None if event.kind == "gone" else _thumb(update, event)
                self._history.append(
                    Happening(self._num_happenings, time.time(), event, thumb)
                )
        self._wake()

    def put_fault(self, fault: str | None) -> None:
        """Take what is wrong with the source; `None` once it works again."""
        self._heard_s = time.monotonic()
        if fault != self.fault:
            self.fault = fault
            self._wake()

    @property
    def newest(self) -> tuple[int, Update | None]:
        """Serial number, from 1, of the newest update, and the update itself."""
        with self._lock:
            return self.serial, self._newest

    def happenings(self, *, after: int) -> list[Happening]:
        """Events with a serial number above `after`, oldest first."""
        with self._lock:
            return [each for each in self._history if each.serial > after]

    def frames_per_second(self) -> float:
        """Updates a second, over the last 30; 0 once none comes."""
        with self._lock:
            times = list(self._times)
        if len(times) < 2 or time.monotonic() - times[-1] > 3:
            return 0.0
        return (len(times) - 1) / max(1e-6, times[-1] - times[0])

    def silent_s(self) -> float:
        """Seconds since the newest update; 0 before the first."""
        with self._lock:
            return time.monotonic() - self._times[-1] if self._times else 0.0

    def unheard_s(self) -> float:
        """Seconds since whoever reads said anything."""
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


def _thumb(update: Update, event: Event) -> NDArray[np.uint8] | None:
    """The event's number, cut out of the frame and small."""
    crop = cut(update.frame.image, event.box_xywh)
    if crop is None:
        return None
    height, width = crop.shape[:2]
    wanted = min(_WIDEST_THUMB * _THUMB_HEIGHT, round(width * _THUMB_HEIGHT / height))
    small = cv2.resize(
        crop, (max(1, wanted), _THUMB_HEIGHT), interpolation=cv2.INTER_AREA
    )
    return np.asarray(small, np.uint8)
