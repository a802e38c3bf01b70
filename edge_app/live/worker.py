"""A thread that reads frames, so that a slow one delays nothing but its own reading.

A thread suffices: OpenCV and the runtimes let other threads run while they work.
"""

import ctypes
import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from edge_app.common.errors import EdgeDigitsError
from edge_app.live.following import Following
from edge_app.live.tracking.track import Event
from edge_app.reading import Reading
from edge_app.sources.source import Frame

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class WorkerLimits:
    """Limits of waiting for a thread that hangs.

    Attributes:
        grace_s: For a library's call to return after its frame was given up.
        most_stuck: Threads that are left behind before reading is.
        closing_s: For the thread to end with the program.
    """

    grace_s: float = 2.0
    most_stuck: int = 3
    closing_s: float = 0.3


_WORKER = WorkerLimits()


class FrameReader(Protocol):
    """A reader of frames."""

    def read(self, frame: NDArray[np.uint8], /) -> Reading:
        """Return what stands in a frame, `(H, W, 3)` uint8, BGR."""


class _GivenUpError(BaseException):
    """Raised in the middle of a reading; no `except Exception` is to stop it."""


@dataclass
class _Hand:
    """A thread, and how far it is.

    Attributes:
        thread: It.
        is_reading: Whether it is in the middle of a frame.
        is_interrupted: Whether an exception that gives that frame up is on its way to
            it.
        due_s: When, by `time.monotonic()`, something has to be done about it.
    """

    thread: threading.Thread = field(init=False)
    is_reading: bool = False
    is_interrupted: bool = False
    due_s: float = math.inf


@dataclass(frozen=True)
class Read:
    """A frame and what was read in it.

    Attributes:
        frame: The frame.
        reading: What was read in it, steadied over time.
        events: What happened since the frame before.
        age_ms: Milliseconds from its capture to the end of its reading.
    """

    frame: Frame
    reading: Reading
    events: tuple[Event, ...]
    age_ms: float


class Worker:
    """Reads frame after frame, the next one while the last one is dealt with.

    A frame that takes longer than the limit is given up: an exception is raised in its
    thread, which ends the reading as soon as a library's call returns. A thread in a
    call that does not return is left behind, and another one takes over.

    Attributes:
        fault: What is wrong with the reading, from a frame that was given up to the
            next one that is read.
        num_given_up: Frames that were given up.
    """

    def __init__(
        self,
        frames: Iterator[Frame | None],
        open_reader: Callable[[], FrameReader],
        *,
        reader: FrameReader,
        following: Following,
        is_live: bool,
        limit_s: float | None,
    ) -> None:
        """Begin to read.

        Args:
            frames: Where they come from; `None` for a moment without one.
            open_reader: Makes the reader of a thread that takes over.
            reader: That of the first thread.
            following: Follows what is read.
            is_live: Whether frames know when they were captured.
            limit_s: Seconds that the reading of a frame may take; `None` for any.
        """
        self.fault: str | None = None
        self.num_given_up = 0
        self._frames = frames
        self._open_reader = open_reader
        self._following = following
        self._is_live = is_live
        self._limit_s = math.inf if limit_s is None else limit_s
        self._changed = threading.Condition()
        self._read: Read | None = None
        self._error: Exception | None = None
        self._has_ended = self._is_closed = False
        self._stuck: list[threading.Thread] = []
        self._start(lambda: reader)

    @property
    def is_over(self) -> bool:
        """Return whether there are no more frames, and all were taken."""
        with self._changed:
            return self._has_ended and self._read is None

    def take(self, timeout_s: float) -> Read | None:
        """Return the next frame and its reading; `None` if none comes within the time.

        Args:
            timeout_s: Seconds.

        Raises:
            EdgeDigitsError: The source failed, or reading hangs again and again.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._read is not None or self._has_ended, timeout_s
            )
            read, self._read = self._read, None
            if read is not None:
                self.fault = None
                self._changed.notify_all()
            elif self._error is not None:
                raise self._error
            else:
                self._look_after_thread()
        return read

    def close(self) -> None:
        """Read no more; a thread that hangs is left to the end of the process."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
            self._give_up()
        self._hand.thread.join(_WORKER.closing_s)

    def _start(self, open_reader: Callable[[], FrameReader]) -> None:
        hand = _Hand()
        hand.thread = threading.Thread(
            target=self._work, args=(hand, open_reader), name="reading", daemon=True
        )
        self._hand = hand
        hand.thread.start()

    def _is_current(self, hand: _Hand) -> bool:
        return hand is self._hand and not self._is_closed

    def _work(self, hand: _Hand, open_reader: Callable[[], FrameReader]) -> None:
        error = None
        try:
            reader = open_reader()
            for frame in self._frames:
                if not self._is_current(hand):
                    return
                if frame is None:
                    continue
                try:
                    read = self._read_one(hand, reader, frame)
                except _GivenUpError:
                    continue
                self._put(hand, read)
        except Exception as caught:  # for whoever takes
            error = caught
        with self._changed:
            if self._is_current(hand):
                self._error, self._has_ended = error, True
                self._changed.notify_all()

    def _read_one(self, hand: _Hand, reader: FrameReader, frame: Frame) -> Read:
        captured_s = frame.time_s if self._is_live else time.monotonic()
        with self._changed:
            hand.is_reading, hand.due_s = True, time.monotonic() + self._limit_s
        try:
            try:
                reading = reader.read(frame.image)
            except _GivenUpError:
                hand.is_interrupted = False
                raise
            finally:
                # Not under the lock: an exception that comes as that is taken would
                # leave it locked.
                hand.due_s = math.inf
                hand.is_reading = False
                while hand.is_interrupted:  # the exception is on its way
                    time.sleep(0.001)
        except _GivenUpError:  # it may have come above, too
            hand.due_s = math.inf
            hand.is_reading = hand.is_interrupted = False
            raise
        reading, events = self._following.follow(frame, reading)
        return Read(frame, reading, events, 1000 * (time.monotonic() - captured_s))

    def _put(self, hand: _Hand, read: Read) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._read is None or self._is_closed)
            if self._is_current(hand):
                self._read = read
                self._changed.notify_all()

    def _look_after_thread(self) -> None:
        now = time.monotonic()
        if now < self._hand.due_s:
            return
        if not self._hand.is_interrupted:
            if not self._give_up():  # it has just been read
                return
            self.num_given_up += 1
            what = f"frames take longer than {self._limit_s:g} s to read"
            if self.fault is None:  # once, not for every one
                log.warning("%s, and are given up", what)
            self.fault = what
            self._hand.due_s = now + _WORKER.grace_s
            return
        self._stuck = [thread for thread in self._stuck if thread.is_alive()]
        self._stuck.append(self._hand.thread)
        if len(self._stuck) >= _WORKER.most_stuck:
            raise EdgeDigitsError(
                f"{_WORKER.most_stuck} frames hang in a library's call that does not "
                "return; start again, or take another model"
            )
        self._start(self._open_reader)

    def _give_up(self) -> bool:
        """Raise an exception in the thread, once; `False` if it reads no frame."""
        hand = self._hand
        if hand.is_interrupted:
            return True
        # Told before it is asked, as the thread does: one of them sees the other.
        hand.is_interrupted = True
        if not hand.is_reading:
            hand.is_interrupted = False
            return False
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(hand.thread.ident or 0), ctypes.py_object(_GivenUpError)
        )
        return True
