"""Clips and pictures for somebody who looks at them: at their own pace, or by steps."""

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from edge_app.common.errors import CameraError
from edge_app.sources.pictures.folder import Folder
from edge_app.sources.source import Frame, Source

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PaceLimits:
    """Limits of playing a clip.

    Attributes:
        late_s: A frame that is shown so much later is not worth reading.
        longest_unread_s: Something is read that often, however slow that is.
        last_frame_s: The clip's last frame lasts so long; numbers settle within it.
    """

    late_s: float = 0.1
    longest_unread_s: float = 1.0
    last_frame_s: float = 0.3


_PACE_LIMITS = PaceLimits()


class Player(Protocol):
    """Controls for the person who looks on.

    Attributes:
        num_pictures: How many there are to step through; 0 for a video.
    """

    num_pictures: int

    def step(self, by: int) -> None:
        """Go to the next picture (1) or the one before (-1), if there is one."""

    def pause(self, is_paused: bool) -> None:
        """Hold a video, or let it go on."""

    def stop(self) -> None:
        """Wake up who waits for a frame: this is the end."""


class Video:
    """A clip's frames, none earlier than it is due."""

    is_live = False
    is_moving = True
    num_pictures = 0

    def __init__(self, clip: Source, *, speed: float, may_skip: bool) -> None:
        """Play a clip.

        Args:
            clip: Opened.
            speed: Seconds of the clip a second.
            may_skip: Leave out frames that are late, rather than play more slowly.
        """
        self.name = clip.name
        self._clip = clip
        self._speed = speed
        self._may_skip = may_skip
        self._changed = threading.Condition()
        self._is_paused = self._is_stopped = False

    def frames(self) -> Iterator[Frame]:
        """Yield frames until the clip ends, the last one in any case: it stays.

        Raises:
            CameraError: There is none; what breaks off later is logged, and stays.
        """
        last: Frame | None = None
        is_left_out = False
        zero_s = None  # when the clip's time 0 was
        shown_s = 0.0
        for frame in self._until_it_breaks_off():
            last = frame
            after_s = frame.time_s / self._speed
            if zero_s is None:
                zero_s = time.monotonic() - after_s
            zero_s += self._wait(zero_s + after_s)
            if self._is_stopped:
                return
            late_s = time.monotonic() - zero_s - after_s
            if late_s > _PACE_LIMITS.late_s:
                if (
                    self._may_skip
                    and time.monotonic() - shown_s < _PACE_LIMITS.longest_unread_s
                ):
                    is_left_out = True
                    continue
                if not self._may_skip:
                    zero_s += late_s
            shown_s, is_left_out = time.monotonic(), False
            yield frame
        if last is not None and self._may_skip:
            if is_left_out:
                yield last
            # Longer, too: what is read in one frame alone may be a flicker.
            yield replace(last, time_s=last.time_s + _PACE_LIMITS.last_frame_s)

    def step(self, by: int) -> None:
        """Do nothing: a video goes on by itself."""

    def pause(self, is_paused: bool) -> None:
        """Hold it, or let it go on."""
        with self._changed:
            self._is_paused = is_paused
            self._changed.notify_all()

    def stop(self) -> None:
        """Wait for nothing any more."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()

    def close(self) -> None:
        """Close the clip."""
        self._clip.close()

    def _until_it_breaks_off(self) -> Iterator[Frame]:
        """Yield the clip's frames; an error after the first is logged."""
        has_begun = False
        try:
            for frame in self._clip.frames():
                has_begun = True
                yield frame
        except CameraError as error:
            if not has_begun:
                raise
            log.warning("%s", error)

    def _wait(self, due_s: float) -> float:
        """Wait until `due_s` by `time.monotonic()`; return the seconds of a pause."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_stopped, due_s - time.monotonic())
            started_s = time.monotonic()
            self._changed.wait_for(lambda: not self._is_paused or self._is_stopped)
            return time.monotonic() - started_s


class SteppedPictures:
    """A folder's pictures, each of which stays until another one is asked for."""

    is_live = False
    is_moving = False

    def __init__(self, folder: Folder) -> None:
        """Begin with the first picture."""
        self.name = folder.name
        self.num_pictures = folder.num_pictures
        self._folder = folder
        self._changed = threading.Condition()
        self._index = 0
        self._is_stopped = False

    def frames(self) -> Iterator[Frame]:
        """Yield the picture asked for whenever that is another one, without end.

        Raises:
            CameraError: The only one there is cannot be read.
        """
        while not self._is_stopped:
            index = self._index
            frame = self._folder.frame(index)
            yield frame
            if frame.fault is not None and self.num_pictures == 1:
                raise CameraError(frame.fault)
            with self._changed:
                while self._index == index and not self._is_stopped:
                    self._changed.wait()

    def step(self, by: int) -> None:
        """Ask for the next picture (1) or the one before (-1)."""
        with self._changed:
            self._index = min(max(0, self._index + by), self.num_pictures - 1)
            self._changed.notify_all()

    def pause(self, is_paused: bool) -> None:
        """Do nothing: pictures stay anyway."""

    def stop(self) -> None:
        """Wait for nothing any more."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()

    def close(self) -> None:
        """Do nothing: there is nothing to give back."""
