"""A thread that does the slow part of a sink: a card that stalls delays no reading."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Generic, TypeVar

T = TypeVar("T")
log = logging.getLogger(__name__)


class Background(Generic[T]):
    """Hands items to a function, one by one and in order, in a thread of its own.

    Attributes:
        lost: Set once an item was not handled; a line of the log said why.
    """

    def __init__(
        self,
        handle: Callable[[T], None],
        *,
        name: str,
        capacity: int,
        idle: Callable[[], None] = lambda: None,
        idle_s: float = 1.0,
    ) -> None:
        """Start the thread.

        Args:
            handle: What is done with an item. An `OSError` it raises is logged once,
                the item is lost, and the next ones are tried.
            name: What log lines call it, e.g. the path that is written.
            capacity: Items that may wait; more are dropped.
            idle: Called when no item came for `idle_s`, and once at the end.
            idle_s: Seconds.
        """
        self.lost = threading.Event()
        self._handle = handle
        self._name = name
        self._idle = idle
        self._idle_s = idle_s
        self._capacity = capacity
        self._waiting: deque[T] = deque()
        self._changed = threading.Condition()
        self._is_closing = False
        self._failing = False
        self._dropping = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def put(self, item: T) -> bool:
        """Leave an item without waiting; `False` where it had to be dropped."""
        with self._changed:
            has_room = len(self._waiting) < self._capacity
            if has_room:
                self._waiting.append(item)
                self._changed.notify()
        if not has_room and not self._dropping:
            log.warning("%s: too slow, some of it is lost", self._name)
        if not has_room:
            self.lost.set()
        self._dropping = not has_room
        return has_room

    def close(self, *, timeout_s: float = 1.5) -> None:
        """Handle what still waits, as far as the time allows, and end the thread."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            self.lost.set()
            log.warning("%s: does not take what is left", self._name)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(self._is_awaited, self._idle_s)
                next_ones = [self._waiting.popleft()] if self._waiting else []
                is_closing = self._is_closing
            for item in next_ones:
                self._try(partial(self._handle, item))
            if not next_ones:
                self._try(self._idle)
                if is_closing:
                    return

    def _is_awaited(self) -> bool:
        return bool(self._waiting) or self._is_closing

    def _try(self, action: Callable[[], None]) -> None:
        try:
            action()
        except OSError as error:
            self.lost.set()
            if not self._failing:
                log.warning("%s: cannot be written (%s)", self._name, error.strerror)
            self._failing = True
        except Exception:  # a fault of ours in one item must not end all others
            self.lost.set()
            log.exception("%s: an item is lost", self._name)
        else:
            if self._failing and action is not self._idle:
                log.warning("%s: is written again", self._name)
                self._failing = False
