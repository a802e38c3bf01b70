"""The loop over readings: numbers are followed, and every sink gets the news."""

import logging
import time
from collections.abc import Iterable
from dataclasses import replace

from edge_app.common.errors import CameraError
from edge_app.live.ending import Ending
from edge_app.live.following import Following
from edge_app.live.frame_source import Frames
from edge_app.live.service import Service
from edge_app.live.worker import Read, Worker
from edge_app.sinks import Sinks, Update
from edge_app.sinks.sink import (
    GivingUpSink,
    ReconnectingSink,
    RepeatingSink,
    Sink,
    WaitingSink,
)

log = logging.getLogger(__name__)

_LONGEST_TAKE_S = 0.1  # the loop does not wait longer for anything
_REPEAT_S = 1.0  # how often a picture that stays is shown again


class Loop:
    """Takes one reading after the other; never waits for a slow one."""

    def __init__(
        self,
        frames: Frames,
        worker: Worker,
        following: Following,
        sinks: Sinks,
        *,
        max_frames: int | None,
        service: Service | None = None,
    ) -> None:
        """Take what `worker` reads in `frames`, and tell `sinks`.

        Args:
            frames: Where frames come from.
            worker: Reads them.
            following: Follows what it reads.
            sinks: Where readings go.
            max_frames: End after that many; `None` for no limit.
            service: Who is told that all is well; `None` for the service manager.
        """
        self._frames = frames
        self._worker = worker
        self._sinks = sinks
        self._max_frames = max_frames
        self._following = following
        self._service = service or Service()
        self._last: Update | None = None
        self._last_s = 0.0  # when that was
        self._had_fault = self._was_lost = self._is_over = False
        self._num_given_up = 0
        self._recorded: set[str] = set()
        self._unreadable: list[str] = []  # why, of each such picture of a folder

    def run(self, ending: Ending) -> None:
        """Go on until the source ends, the user quits or a signal comes.

        Raises:
            EdgeDigitsError: The source or the reading failed for good, or pictures of
                a folder could not be read, which nobody was shown.
        """
        self._service.ready()
        count = 0
        goes_on = True
        while goes_on and not ending.is_asked_to_end and count != self._max_frames:
            self._service.alive(self._fault() or f"reading {self._frames.name}")
            read = self._worker.take(_LONGEST_TAKE_S)
            self._count_given_up()
            if read is not None:
                goes_on = self._take(read)
                count += 1
            elif self._worker.is_over:
                goes_on = self._end()
            else:
                goes_on = self._wait()
        is_excused = self._frames.player is not None or ending.is_asked_to_end
        if self._unreadable and not is_excused:
            raise CameraError(self._what_was_unreadable(count))
        self._service.stopping()

    def _what_was_unreadable(self, num_read: int) -> str:
        if num_read == 1:
            return self._unreadable[0]
        return f"{len(self._unreadable)} of {num_read} images cannot be read"

    def _fault(self) -> str | None:
        return self._frames.fault or self._worker.fault

    def _end(self) -> bool:
        """End with the source, or keep what somebody looks at."""
        if self._frames.player is None:
            return False
        if not self._is_over:
            self._is_over = True
            log.warning("%s: ended; shown until you quit", self._frames.name)
        return self._stay("the end")

    def _take(self, read: Read) -> bool:
        if self._had_fault:
            self._works_again()
        return self._write(
            Update(
                self._frames.name, read.frame, read.reading, read.events, read.age_ms
            )
        )

    def _works_again(self) -> None:
        for sink in self._sinks:
            if self._was_lost and isinstance(sink, ReconnectingSink):
                sink.reconnected()
        self._goes_on_waiting(self._sinks, None)
        self._had_fault = self._was_lost = False

    def _wait(self) -> bool:
        fault = self._fault()
        if fault is not None:
            self._had_fault = True
            # One that was away from the start was not lost.
            was_there = self._last is not None
            self._was_lost |= was_there and self._frames.fault is not None
            self._forget()
        elif self._frames.player is not None and not self._frames.is_moving:
            return self._stay("")
        return self._goes_on_waiting(self._sinks, fault)

    def _stay(self, text: str) -> bool:
        """Keep showing the last picture, with a text where that is no fault."""
        view = self._sinks.view
        self._goes_on_waiting(self._sinks.kept, None)
        if not isinstance(view, RepeatingSink):
            return self._goes_on_waiting(self._sinks.shown, text)
        if self._last is not None and time.monotonic() - self._last_s >= _REPEAT_S:
            self._last_s = time.monotonic()
            view.repeat(replace(self._last, events=()))
        return True

    def _goes_on_waiting(self, sinks: Iterable[Sink], fault: str | None) -> bool:
        goes_on = True
        for sink in sinks:
            if isinstance(sink, WaitingSink):
                goes_on &= sink.wait(fault)
        return goes_on

    def _count_given_up(self) -> None:
        while self._num_given_up < self._worker.num_given_up:
            self._num_given_up += 1
            for sink in self._sinks:
                if isinstance(sink, GivingUpSink):
                    sink.given_up()

    def _forget(self) -> None:
        """Tell that numbers are gone while there is no frame that could show them."""
        if self._last is None:
            return
        elapsed_s = time.monotonic() - self._last_s
        time_s = self._last.frame.followed_s + elapsed_s
        reading, events = self._following.forget(self._last.reading, time_s)
        if events:
            last_s = self._last_s
            gone = replace(self._last, reading=reading, events=events)
            self._write(replace(gone, age_ms=1000 * elapsed_s + gone.age_ms))
            # Others may be gone later, and are then as old as the frame, too.
            self._last, self._last_s = gone, last_s

    def _write(self, update: Update) -> bool:
        self._last, self._last_s = update, time.monotonic()
        goes_on = True
        name = update.frame.name
        # Who goes back to a picture sees it again, but does not record it again.
        is_repeat = name is not None and name in self._recorded
        if name is not None:
            self._recorded.add(name)
        if update.frame.fault is not None:
            self._unreadable.append(update.frame.fault)
        for sink in self._sinks.shown if is_repeat else self._sinks:
            goes_on &= sink.write(update)
        return goes_on
