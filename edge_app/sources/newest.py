"""The newest frame of a source that may fail at any moment, for as long as it takes.

A thread reads the source all the time, so that no queue of a driver or a network grows
old, and keeps one frame. Threads suffice: OpenCV and sockets let other threads run
while they wait. A driver's call that never returns cannot be ended; its thread is then
left behind and another one takes over.
"""

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from edge_app.common.errors import CameraError, UnfitSourceError
from edge_app.sources.pictures.faults import FaultFinder
from edge_app.sources.source import Frame, PolledSource, Source

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class NewestLimits:
    """Limits of waiting for a source that may fail.

    Attributes:
        silent_s: Without a frame: a camera is to be missed within 5 s.
        opening_s: Some drivers and name servers take that long.
        first_wait_s: Between the first two attempts to open; then twice as long.
        longest_wait_s: Between two attempts, at most.
        well_after_s: Frames for that long make the next wait a short one again.
        most_stuck: Threads that are left behind, each in a call that hangs.
        closing_s: For the thread to end with the program.
        no_frame_s: After which who reads is told that there is no frame for now.
    """

    silent_s: float = 4.0
    opening_s: float = 20.0
    first_wait_s: float = 0.5
    longest_wait_s: float = 10.0
    well_after_s: float = 2.0
    most_stuck: int = 3
    closing_s: float = 0.3
    no_frame_s: float = 0.2


_NEWEST = NewestLimits()


class Newest:
    """A live source that gives its newest frame and is opened again when it fails."""

    is_live = True
    is_moving = True

    def __init__(
        self,
        source: Source | str,
        reopen: Callable[[], Source],
        *,
        fault: str | None = None,
    ) -> None:
        """Begin to read.

        Args:
            source: Opened; or the name of one that is not opened yet.
            reopen: Opens it again; raises `CameraError` while that fails.
            fault: Why it could not be opened just now, if that was tried.
        """
        self.name = source if isinstance(source, str) else source.name
        self.fault: str | None = None
        self._reopen = reopen
        self._faults = FaultFinder(self.name)
        self._changed = threading.Condition()
        self._closed = threading.Event()
        self._frame: Frame | None = None
        self._wait_s = _NEWEST.first_wait_s
        self._silent_s = _NEWEST.silent_s
        self._stuck: list[threading.Thread] = []
        self._has_given = False  # a frame, ever
        self._unfit: UnfitSourceError | None = None
        if fault is not None:
            self._failed(fault)
        wait_s = 0.0 if fault is None else self._next_wait_s()
        self._start(None if isinstance(source, str) else source, wait_s)

    def frames(self) -> Iterator[Frame | None]:
        """Yield the newest frame whenever there is a new one, without end.

        `None` stands for a moment in which there is none, so that who reads can do
        other things; `fault` then says why, if the source has failed.

        Raises:
            UnfitSourceError: What is there is nothing that can be read.
        """
        while not self._closed.is_set():
            if self._unfit is not None:
                raise self._unfit
            with self._changed:
                self._changed.wait_for(
                    lambda: self._frame is not None, _NEWEST.no_frame_s
                )
                frame, self._frame = self._frame, None
            if frame is None:
                self._look_after_thread()
            yield frame

    def close(self) -> None:
        """Stop reading; a source that hangs is left to the end of the process."""
        self._closed.set()
        self._thread.join(_NEWEST.closing_s)

    def _start(self, source: Source | None, wait_s: float) -> None:
        self._due_s = time.monotonic() + _NEWEST.silent_s
        self._thread = threading.Thread(
            target=self._read_for_ever,
            args=(source, wait_s),
            name="frames",
            daemon=True,
        )
        self._thread.start()

    def _is_current(self) -> bool:
        current = threading.current_thread() is self._thread
        return current and not self._closed.is_set()

    def _read_for_ever(self, source: Source | None, wait_s: float) -> None:
        while self._is_current():
            self._due_s = math.inf
            self._closed.wait(wait_s)
            try:
                if source is None and self._is_current():
                    self._due_s = time.monotonic() + _NEWEST.opening_s
                    source = self._reopen()
                if source is not None and self._is_current():
                    self._read(source)
            except CameraError as error:
                # What it gave before it may give again.
                if isinstance(error, UnfitSourceError) and not self._has_given:
                    self._unfit = error
                    return
                if self._is_current():
                    self._failed(str(error))
            finally:
                if source is not None:
                    source.close()
                    source = None
            wait_s = self._next_wait_s()

    def _read(self, source: Source) -> None:
        interval_s = source.interval_s if isinstance(source, PolledSource) else None
        self._silent_s = _NEWEST.silent_s + (interval_s or 0.0)
        self._faults.opened(may_stay=interval_s is not None)
        started = self._seen_now()
        for frame in source.frames():
            if not self._is_current():
                return
            if self._seen_now() - started > _NEWEST.well_after_s:
                self._wait_s = _NEWEST.first_wait_s
            self._faults.check(frame)
            if self.fault is not None:
                self.fault = None
                log.warning("%s: works again", self.name)
            self._has_given = True
            with self._changed:
                self._frame = frame
                self._changed.notify()
        raise CameraError(f"{self.name}: ended")

    def _seen_now(self) -> float:
        now = time.monotonic()
        self._due_s = now + self._silent_s
        return now

    def _next_wait_s(self) -> float:
        wait_s = self._wait_s
        self._wait_s = min(2 * wait_s, _NEWEST.longest_wait_s)
        return wait_s

    def _failed(self, why: str) -> None:
        if why != self.fault:  # once, not at every attempt
            log.warning("%s (trying again until it works)", why)
        self.fault = why

    def _look_after_thread(self) -> None:
        """Replace the thread if it is stuck in a call that does not return."""
        now = time.monotonic()
        if self._unfit is not None:  # the thread has ended, and rightly
            return
        if now < self._due_s and self._thread.is_alive():
            return
        self._failed(f"{self.name}: gives no picture")
        self._stuck = [thread for thread in self._stuck if thread.is_alive()]
        if len(self._stuck) >= _NEWEST.most_stuck:  # more of them would not help either
            self._due_s = now + _NEWEST.longest_wait_s
            return
        self._stuck.append(self._thread)
        self._start(None, self._next_wait_s())
