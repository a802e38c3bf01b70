"""Live reading: what ``edge-digits run`` does."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from edge_app import classify, ending, find
from edge_app.reader import Reader
from edge_app.service import Service
from edge_app.sinks import Sink, SinkSettings, Update, open_sinks
from edge_app.sinks.base import ReconnectingSink, WaitingSink
from edge_app.sinks.window import Window
from edge_app.sources import CameraOptions, Frame, open_source
from edge_app.sources.newest import Newest
from edge_app.track import Event, Tracker

_CLOSING_S = 1.3  # `ending.orderly` waits no longer than that for all of it


@dataclass(frozen=True)
class RunSettings:
    """What is read, how, and where it goes.

    Attributes:
        source: As `sources.open_source` takes it.
        camera: What is asked of a camera.
        model: As `classify.load` takes it.
        reader: As `find.load` takes it.
        printed: As `Reader` takes it.
        max_frames: End after that many frames; `None` for no limit.
        sinks: Where readings go.
    """

    source: str = "auto"
    camera: CameraOptions = field(default_factory=CameraOptions)
    model: str | None = None
    reader: str | None = None
    printed: bool = False
    max_frames: int | None = None
    sinks: SinkSettings = field(default_factory=SinkSettings)


def run(settings: RunSettings) -> int:
    """Read frames until the source ends, the user quits, SIGINT or SIGTERM.

    Returns:
        The exit status, 0.

    Raises:
        EdgeDigitsError: The source, a sink or the model cannot be used.
    """

    def open_reader() -> Reader:
        return Reader(
            classify.load(settings.model),
            find.load(settings.reader),
            printed=settings.printed,
        )

    with ExitStack() as opened:
        reader = open_reader()
        frames = _Frames(settings)
        opened.callback(frames.close)
        wanted = settings.sinks
        if not frames.is_moving:  # nothing happens between unrelated images
            wanted = replace(wanted, every_frame=True)
        sinks = open_sinks(wanted, open_reader)
        opened.callback(_close, sinks)
        with ending.orderly() as stopped:
            _Loop(frames, reader, sinks, settings.max_frames).run(stopped)
            opened.close()  # a signal does not break that off
    return 0


def _close(sinks: Sequence[Sink]) -> None:
    """Finish all sinks at once: together they have no longer than one of them."""
    ends_s = time.monotonic() + _CLOSING_S
    # A window belongs to this thread.
    here = [sink for sink in sinks if isinstance(sink, Window)]
    threads = [
        threading.Thread(target=sink.close, daemon=True)
        for sink in sinks
        if sink not in here
    ]
    for thread in threads:
        thread.start()
    for sink in here:
        sink.close()
    for thread in threads:
        thread.join(max(0.0, ends_s - time.monotonic()))


class _Frames:
    """A source's frames, through a thread if it is live."""

    def __init__(self, settings: RunSettings) -> None:
        source = open_source(settings.source, settings.camera)
        # The camera that `auto` found is to be found again, not the demo scene.
        name = source.name if settings.source == "auto" else settings.source
        self.name = source.name
        self.is_moving = source.is_moving
        self._newest: Newest | None = None
        if source.is_live:
            self._newest = Newest(source, lambda: open_source(name, settings.camera))
        self._source = source

    @property
    def fault(self) -> str | None:
        return self._newest.fault if self._newest else None

    def __iter__(self) -> Iterator[tuple[Frame | None, float]]:
        """Each frame and when it was captured, by `time.monotonic()`."""
        if self._newest is None:
            for frame in self._source.frames():
                yield frame, time.monotonic()
            return
        for newest in self._newest.frames():
            yield newest, newest.time_s if newest else 0.0

    def close(self) -> None:
        (self._newest or self._source).close()


class _Loop:
    """Reads one frame after the other and tells everybody."""

    def __init__(
        self,
        frames: _Frames,
        reader: Reader,
        sinks: Sequence[Sink],
        max_frames: int | None,
    ) -> None:
        self._frames = frames
        self._reader = reader
        self._sinks = sinks
        self._max_frames = max_frames
        self._tracker = Tracker()
        self._service = Service()
        self._last: Update | None = None
        self._was_at_fault = False

    def run(self, stopped: threading.Event) -> None:
        self._service.ready()
        count = 0
        for frame, captured_s in self._frames:
            if stopped.is_set():
                break
            self._service.alive(self._frames.fault or f"reading {self._frames.name}")
            if frame is None:
                goes_on = self._wait()
            else:
                goes_on = self._read(frame, captured_s)
                count += 1
            if not goes_on or stopped.is_set() or count == self._max_frames:
                break
        self._service.stopping()

    def _read(self, frame: Frame, captured_s: float) -> bool:
        reading = self._reader.read(frame.image)
        events: tuple[Event, ...] = ()
        if self._frames.is_moving:
            reading, events = self._tracker.update(reading, frame.time_s)
        if self._was_at_fault:
            self._was_at_fault = False
            for sink in self._sinks:
                if isinstance(sink, ReconnectingSink):
                    sink.reconnected()
        age_ms = 1000 * (time.monotonic() - captured_s)
        return self._write(Update(self._frames.name, frame, reading, events, age_ms))

    def _wait(self) -> bool:
        fault = self._frames.fault
        if fault is not None:
            self._was_at_fault = True
            self._forget()
        goes_on = True
        for sink in self._sinks:
            if isinstance(sink, WaitingSink):
                goes_on &= sink.wait(fault)
        return goes_on

    def _forget(self) -> None:
        """Tell that numbers are gone while there is no camera that could show them."""
        if self._last is None:
            return
        nothing = replace(self._last.reading, digits=(), numbers=(), rejects=())
        now = time.monotonic()
        reading, events = self._tracker.update(nothing, now)
        if events:
            age_ms = 1000 * (now - self._last.frame.time_s)
            self._write(
                replace(self._last, reading=reading, events=events, age_ms=age_ms)
            )

    def _write(self, update: Update) -> bool:
        self._last = update
        goes_on = True
        for sink in self._sinks:
            goes_on &= sink.write(update)
        return goes_on
