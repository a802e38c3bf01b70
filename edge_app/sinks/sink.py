"""The interface of every sink."""

import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from edge_app.live.tracking.track import Event
from edge_app.reading import Reading
from edge_app.sources.source import Frame


@dataclass(frozen=True)
class Update:
    """All that is known after one frame.

    Attributes:
        source: The source's name.
        frame: What was read.
        reading: What was read in it, labels steadied over time.
        events: What happened since the update before.
        age_ms: Milliseconds from the frame's capture to the end of its reading.
        made_s: When this was made, the end of the reading, in seconds since 1970.
    """

    source: str
    frame: Frame
    reading: Reading
    events: tuple[Event, ...]
    age_ms: float
    made_s: float = field(init=False, default_factory=time.time, compare=False)

    @property
    def origin(self) -> str:
        """Return the name of the frame's file, or of its source if it is no file."""
        return self.frame.name or self.source

    @property
    def local_stamp(self) -> str:
        """Return when the frame was captured, by local time, for a file's name."""
        when = datetime.fromtimestamp(self.made_s - self.age_ms / 1000)
        return when.strftime("%Y%m%d-%H%M%S-") + f"{when.microsecond // 1000:03}"


class Sink(Protocol):
    """Somewhere updates go."""

    def write(self, update: Update) -> bool:
        """Take one update without waiting; `False` when the user wants no more."""

    def close(self) -> None:
        """Finish what was begun."""


@runtime_checkable
class WaitingSink(Protocol):
    """A sink that has something to do when no frame comes, too."""

    def wait(self, fault: str | None) -> bool:
        """Pass a moment without a frame; `False` when the user wants no more.

        Args:
            fault: What is wrong with the source, if it has failed.
        """


@runtime_checkable
class ReconnectingSink(Protocol):
    """A sink that counts how often the source was lost."""

    def reconnected(self) -> None:
        """Count a source that was lost and works again."""


@runtime_checkable
class GivingUpSink(Protocol):
    """A sink that counts frames that were not read to the end."""

    def given_up(self) -> None:
        """Count a frame that took too long and was given up."""


@runtime_checkable
class RepeatingSink(Protocol):
    """A sink that has to be reminded of a picture that stays."""

    def repeat(self, update: Update) -> None:
        """Show once more what was written before, and count it no second time."""


@runtime_checkable
class LosingSink(Protocol):
    """A sink that may fail to keep or send something of what it was given.

    Attributes:
        lost: Set once it has failed; a line of the log said why.
    """

    lost: threading.Event


class SharedSink:
    """A sink that several threads write to, and that none of them closes."""

    def __init__(self, sink: Sink) -> None:
        """Wrap a sink that whoever opened it closes."""
        self._sink = sink
        self._lock = threading.Lock()

    def write(self, update: Update) -> bool:
        """Take one update after another; `False` when the user wants no more."""
        with self._lock:
            return self._sink.write(update)

    def close(self) -> None:
        """Do nothing: whoever opened the sink closes it."""
