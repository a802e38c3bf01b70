"""Live reading: what ``edge-digits run`` does."""

import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from edge_app.cli.reader_settings import ReaderSettings
from edge_app.cli.run_settings import FrameOptions, SourceOptions
from edge_app.common.errors import RecordError
from edge_app.live.ending import Ending
from edge_app.live.fields.locating.upright import Upright
from edge_app.live.fields.reading.field_reader import LiveReader
from edge_app.live.fields.setup import LiveSetup, Setup
from edge_app.live.fields.values.kept_values import KeptValues
from edge_app.live.following import Following
from edge_app.live.frame_source import Frames
from edge_app.live.loop import Loop
from edge_app.live.worker import Worker
from edge_app.sinks import Sink, SinkSettings, chosen_view, open_sinks
from edge_app.sinks.sink import LosingSink
from edge_app.sinks.window.window_sink import Window
from edge_app.sources import CameraOptions

_SINKS_CLOSE_S = 1.2  # `Ending` waits no longer than that for all of it
_LONGEST_FRAME_S = 10.0  # of a camera: what is read by then is of the past


@dataclass(frozen=True)
class Watched(SourceOptions):
    """A source and how it is read.

    Attributes:
        camera: What is asked of a camera.
        reading: How frames are read.
        setup: What of that may be changed meanwhile.
    """

    camera: CameraOptions = field(default_factory=CameraOptions)
    reading: ReaderSettings = field(default_factory=ReaderSettings)
    setup: Setup = field(default_factory=Setup)


@dataclass(frozen=True)
class RunSettings(FrameOptions, Watched):
    """Settings of what is read, how, and where it goes.

    Attributes:
        cameras: Several sources by their names, instead of the one.
        config: The file that such changes are kept in.
        sinks: Where readings go.
    """

    cameras: Mapping[str, Watched] = field(default_factory=dict)
    config: Path | None = None
    sinks: SinkSettings = field(default_factory=SinkSettings)


def run(settings: RunSettings) -> int:
    """Read frames until the source ends, the user quits, SIGINT or SIGTERM.

    Returns:
        The exit status, 0.

    Raises:
        EdgeDigitsError: The source, a sink or the model cannot be used, or a sink has
            lost something.
    """
    if settings.cameras:
        from edge_app.live.many import run_many

        return run_many(settings)
    _run_one(settings)
    return 0


def _run_one(settings: RunSettings) -> None:
    """Read one source; what is opened here is closed here, the last first."""
    with Ending() as ending, ExitStack() as opened:
        setup = LiveSetup(settings.setup, config=settings.config)
        open_reader = partial(LiveReader, settings.reading, setup)
        reader = open_reader()
        wanted = replace(settings.sinks, view=chosen_view(settings.sinks.view))
        frames = _frames(settings, wanted, setup)
        opened.callback(frames.close)
        if not frames.is_moving:  # nothing happens between unrelated images
            wanted = replace(wanted, every_frame=True)
        sinks = open_sinks(
            wanted,
            settings.reading.anything().open,
            frames.player,
            setup,
            settings.reading,
        )
        opened.callback(close_all, sinks)
        ending.be_orderly()
        kept = kept_values(frames, setup)
        if kept is not None:
            opened.callback(kept.close)
        following = Following(is_moving=frames.is_moving, setup=setup, kept=kept)
        worker = Worker(
            Upright(iter(frames), settings.reading, setup, is_moving=frames.is_moving),
            open_reader,
            reader=reader,
            following=following,
            is_live=frames.is_live,
            limit_s=limit_s(settings.frame_timeout_s, frames),
        )
        opened.callback(worker.close)
        opened.callback(frames.stop)
        loop = Loop(frames, worker, following, sinks, max_frames=settings.max_frames)
        loop.run(ending)
        opened.close()  # no signal breaks that off
        check_lost(sinks, ending)


def _frames(settings: RunSettings, sinks: SinkSettings, setup: LiveSetup) -> Frames:
    return Frames(
        settings.source,
        settings.camera,
        is_shown=sinks.is_shown,
        is_kept=sinks.is_kept,
        speed=settings.speed,
        setup=setup,
    )


def kept_values(frames: Frames, setup: LiveSetup) -> KeptValues | None:
    """Return where fields' values outlive the program: beside a camera's settings.

    Those of a file that is read again begin anew.
    """
    if setup.config is None or not frames.is_live:
        return None
    return KeptValues.beside(setup.config, setup.camera)


def limit_s(wanted_s: float | None, frames: Frames) -> float | None:
    """Return the seconds that a frame may take; files have time, and are read whole."""
    if wanted_s is None and not frames.is_file:
        return _LONGEST_FRAME_S
    return wanted_s


def close_all(sinks: Iterable[Sink]) -> None:
    """Finish all sinks at once: together they have no longer than one of them.

    What hangs has lost what it was to write.
    """
    ends_s = time.monotonic() + _SINKS_CLOSE_S
    # A window belongs to this thread.
    here = [sink for sink in sinks if isinstance(sink, Window)]
    closing = [
        (sink, threading.Thread(target=sink.close, daemon=True))
        for sink in sinks
        if sink not in here
    ]
    for _, thread in closing:
        thread.start()
    for window in here:
        window.close()
    for sink, thread in closing:
        thread.join(max(0.0, ends_s - time.monotonic()))
        if thread.is_alive() and isinstance(sink, LosingSink):
            sink.lost.set()


def check_lost(sinks: Iterable[Sink], ending: Ending) -> None:
    """Look whether all that was read was kept and sent, unless a signal ended it.

    Raises:
        RecordError: A sink has lost something.
    """
    has_lost = any(
        isinstance(sink, LosingSink) and sink.lost.is_set() for sink in sinks
    )
    if has_lost and not ending.is_asked_to_end:
        raise RecordError("not all that was read could be kept or sent")
