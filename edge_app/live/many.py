"""Several cameras in one process, none of which waits for another."""

import logging
import math
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial

from edge_app.common.errors import CameraError, EdgeDigitsError
from edge_app.live.ending import Ending
from edge_app.live.fields.locating.upright import Upright
from edge_app.live.fields.reading.field_reader import LiveReader
from edge_app.live.fields.setup import LiveSetup
from edge_app.live.following import Following
from edge_app.live.frame_source import Frames
from edge_app.live.loop import Loop
from edge_app.live.many_sinks import open_of_many
from edge_app.live.run import (
    RunSettings,
    Watched,
    check_lost,
    close_all,
    kept_values,
    limit_s,
)
from edge_app.live.service import Service
from edge_app.live.worker import Worker
from edge_app.sinks import Sink, Sinks
from edge_app.sinks.sink import WaitingSink
from edge_app.sinks.views import ViewedCamera, chosen_view_of_many
from edge_app.sources import awaited

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CameraThreadLimits:
    """Limits of looking after the cameras' threads.

    Attributes:
        between_looks_s: Between two looks at all of them.
        hangs_s: A camera's loop that says nothing for longer hangs.
        ending_s: In which they may end, all together.
    """

    between_looks_s: float = 0.2
    hangs_s: float = 30.0
    ending_s: float = 0.8


_CAMERA_THREADS = CameraThreadLimits()


class _Heart(Service):
    """Notes when a loop was alive, for one service of all of them."""

    def __init__(self) -> None:
        self.beat_s = time.monotonic()
        self.has_ended = False

    def ready(self) -> None:
        """Begin with nothing to tell."""

    def alive(self, status: str) -> None:
        """Note that the thread is at work."""
        self.beat_s = time.monotonic()

    def stopping(self) -> None:
        """Note that nothing more is to be expected."""
        self.has_ended = True


@dataclass(frozen=True)
class _Job:
    """One camera: what is read, how, and where it goes.

    Its `frames` are `None` where its thread opens them, since they may have to be
    waited for.
    """

    name: str
    watched: Watched
    settings: RunSettings
    setup: LiveSetup
    sinks: Sinks
    open_reader: Callable[[], LiveReader]
    frames: Frames | None


def run_many(settings: RunSettings) -> int:
    """Read all cameras until SIGINT or SIGTERM, or until every one of them is over.

    Returns:
        The exit status, 1 where one of them failed, and no signal ended them.

    Raises:
        EdgeDigitsError: A model, a sink or the page cannot be had, or a source for
            which waiting would not help, or a sink has lost something.
    """
    view = chosen_view_of_many(settings.sinks.view)
    wanted = replace(settings.sinks, view=view)
    setups = {
        name: LiveSetup(camera.setup, config=settings.config, camera=name)
        for name, camera in settings.cameras.items()
    }
    viewed = {
        name: ViewedCamera(setups[name], camera.reading)
        for name, camera in settings.cameras.items()
    }
    with Ending() as ending, ExitStack() as stack:
        files: dict[str, Frames] = {}
        for name, camera in settings.cameras.items():
            if awaited.is_awaited(camera.source):
                continue
            try:
                files[name] = _opened(name, camera, setups[name])
            except CameraError as error:
                raise CameraError(f"{name}: {error}") from error
            stack.callback(files[name].close)
        opened: list[Sink] = []
        stack.callback(close_all, opened)
        sinks = open_of_many(wanted, viewed, opened)
        starts = []
        for name, camera in settings.cameras.items():
            open_reader = partial(LiveReader, camera.reading, setups[name])
            reader = open_reader()  # a model that cannot be used is said at once
            job = _Job(
                name,
                camera,
                settings,
                setups[name],
                sinks[name],
                open_reader,
                files.get(name),
            )
            starts.append(partial(_watch, job, reader))
        ending.be_orderly()
        status = _run(starts, ending)
        stack.close()
        check_lost(opened, ending)
        return status


def _run(starts: Sequence[Callable[[Ending, _Heart], None]], ending: Ending) -> int:
    """Run each in a thread of its own, and look after them."""
    hearts = [_Heart() for _ in starts]
    threads = [
        threading.Thread(target=start, args=(ending, heart), daemon=True)
        for start, heart in zip(starts, hearts, strict=True)
    ]
    for thread in threads:
        thread.start()
    service = Service()
    service.ready()
    while not ending.is_asked_to_end and any(thread.is_alive() for thread in threads):
        hang = [
            heart
            for heart in hearts
            if time.monotonic() - heart.beat_s > _CAMERA_THREADS.hangs_s
        ]
        if not any(not heart.has_ended for heart in hang):
            service.alive(f"reading {len(threads)} cameras")
        time.sleep(_CAMERA_THREADS.between_looks_s)
    service.stopping()
    ends_s = time.monotonic() + _CAMERA_THREADS.ending_s
    for thread in threads:
        thread.join(max(0.0, ends_s - time.monotonic()))
    is_well = ending.is_asked_to_end or all(heart.has_ended for heart in hearts)
    return 0 if is_well else 1


def _opened(name: str, camera: Watched, setup: LiveSetup) -> Frames:
    """Return the frames of one camera.

    Raises:
        CameraError: There is no such file, or the name can be no camera's.
    """
    frames = Frames(
        camera.source, camera.camera, is_shown=False, is_kept=True, setup=setup
    )
    frames.name = name
    return frames


def _watch(job: _Job, reader: LiveReader, ending: Ending, heart: _Heart) -> None:
    """Read one camera; what goes wrong is its own affair."""
    try:
        _read(job, reader, ending, heart)
    except EdgeDigitsError as error:
        log.error("%s: %s", job.name, error)
        _say(job.sinks, str(error))
    except Exception as error:  # a fault of ours in one camera must not end others
        log.exception("%s: is given up", job.name)
        _say(job.sinks, repr(error))
    else:
        return
    heart.beat_s = math.inf  # it is not missed


def _read(job: _Job, reader: LiveReader, ending: Ending, heart: _Heart) -> None:
    watched = job.watched
    with ExitStack() as opened:
        frames = job.frames or _opened(job.name, watched, job.setup)
        opened.callback(frames.close)
        is_moving = frames.is_moving
        kept = kept_values(frames, job.setup)
        if kept is not None:
            opened.callback(kept.close)
        following = Following(is_moving=is_moving, setup=job.setup, kept=kept)
        worker = Worker(
            Upright(iter(frames), watched.reading, job.setup, is_moving=is_moving),
            job.open_reader,
            reader=reader,
            following=following,
            is_live=frames.is_live,
            limit_s=limit_s(job.settings.frame_timeout_s, frames),
        )
        opened.callback(worker.close)
        opened.callback(frames.stop)
        loop = Loop(
            frames,
            worker,
            following,
            job.sinks,
            max_frames=job.settings.max_frames,
            service=heart,
        )
        loop.run(ending)


def _say(sinks: Sinks, fault: str) -> None:
    for sink in sinks:
        if isinstance(sink, WaitingSink):
            sink.wait(fault)
