"""Live reading: what ``edge-digits run`` does."""

import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial

from edge_app.live.ending import Ending
from edge_app.live.following import Following
from edge_app.live.frame_source import Frames
from edge_app.live.loop import Loop
from edge_app.live.worker import Worker
from edge_app.reader import Reader
from edge_app.sinks import Sinks, SinkSettings, chosen_view, open_sinks
from edge_app.sinks.window.window_sink import Window
from edge_app.sources import CameraOptions

_CLOSING_S = 1.2  # `Ending` waits no longer than that for all of it
_LONGEST_FRAME_S = 10.0  # of a camera: what is read by then is of the past


@dataclass(frozen=True)
class RunSettings:
    """What is read, how, and where it goes.

    Attributes:
        source: As `sources.open_source` takes it.
        camera: What is asked of a camera.
        model: As `classify.load` takes it.
        reader: As `find.load` takes it.
        printed: As `find.load` takes it.
        max_frames: End after that many frames; `None` for no limit.
        frame_timeout_s: Seconds after which a frame is given up; `None` for 10 s of
            what moves by itself, and for ever of a file.
        speed: Of a clip that somebody looks at: its seconds a second.
        sinks: Where readings go.
    """

    source: str = "auto"
    camera: CameraOptions = field(default_factory=CameraOptions)
    model: str | None = None
    reader: str | None = None
    printed: bool = False
    max_frames: int | None = None
    frame_timeout_s: float | None = None
    speed: float = 1.0
    sinks: SinkSettings = field(default_factory=SinkSettings)


def run(settings: RunSettings) -> int:
    """Read frames until the source ends, the user quits, SIGINT or SIGTERM.

    Returns:
        The exit status, 0.

    Raises:
        EdgeDigitsError: The source, a sink or the model cannot be used.
    """
    with Ending() as ending, ExitStack() as opened:
        reader = _reader(settings)
        wanted = replace(settings.sinks, view=chosen_view(settings.sinks.view))
        frames = Frames(
            settings.source,
            settings.camera,
            is_shown=wanted.is_shown,
            is_kept=wanted.is_kept,
            speed=settings.speed,
        )
        opened.callback(frames.close)
        if not frames.is_moving:  # nothing happens between unrelated images
            wanted = replace(wanted, every_frame=True)
        sinks = open_sinks(wanted, partial(_reader, settings), frames.player)
        opened.callback(_close, sinks)
        ending.be_orderly()
        following = Following(is_moving=frames.is_moving)
        worker = Worker(
            iter(frames),
            partial(_reader, settings),
            reader=reader,
            following=following,
            is_live=frames.is_live,
            limit_s=_limit_s(settings, frames),
        )
        opened.callback(worker.close)
        opened.callback(frames.stop)
        loop = Loop(frames, worker, following, sinks, max_frames=settings.max_frames)
        loop.run(ending)
        opened.close()  # no signal breaks that off
    return 0


def _reader(settings: RunSettings) -> Reader:
    return Reader(settings.model, settings.reader, printed=settings.printed)


def _limit_s(settings: RunSettings, frames: Frames) -> float | None:
    """Seconds that a frame may take; files wait, and are to be read whole."""
    if settings.frame_timeout_s is None and not frames.is_file:
        return _LONGEST_FRAME_S
    return settings.frame_timeout_s


def _close(sinks: Sinks) -> None:
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
