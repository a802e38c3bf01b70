"""Several cameras in one process, none of which waits for another."""

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

from edge_app.ending import Ending
from edge_app.errors import DisplayError, EdgeDigitsError
from edge_app.fields.reader import LiveReader
from edge_app.fields.setup import LiveSetup
from edge_app.fields.upright import Upright
from edge_app.following import Following
from edge_app.frames import Frames
from edge_app.loop import Loop
from edge_app.run import RunSettings, Watched, close_all, limit_s
from edge_app.service import Service
from edge_app.sinks import (
    Sink,
    Sinks,
    SinkSettings,
    chosen_view,
    recording_sinks,
)
from edge_app.sinks.base import Update
from edge_app.sinks.records import JSONLines
from edge_app.worker import Worker

log = logging.getLogger(__name__)

_TICK_S = 0.2
_HANGS_S = 30.0  # a camera's loop that says nothing for longer
_ENDING_S = 0.8  # for all threads together


class _Heart(Service):
    """Notes when a loop was alive, for one service of all of them."""

    def __init__(self) -> None:
        self.beat_s = time.monotonic()
        self.has_ended = False

    def ready(self) -> None:
        """Nothing to tell yet."""

    def alive(self, status: str) -> None:
        """Note it."""
        self.beat_s = time.monotonic()

    def stopping(self) -> None:
        """Nothing more is to be expected."""
        self.has_ended = True


class _Shared:
    """A sink that several threads write to, and that none of them closes."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._lock = threading.Lock()

    def write(self, update: Update) -> bool:
        """Take one update; records never wait."""
        with self._lock:
            return self._sink.write(update)

    def close(self) -> None:
        """Whoever opened it does."""


def run_many(settings: RunSettings) -> int:
    """Read all cameras until SIGINT or SIGTERM, or until every one of them is over.

    Returns:
        The exit status, 1 where all of them failed.

    Raises:
        EdgeDigitsError: A model, a sink or the page cannot be had.
    """
    view = chosen_view(settings.sinks.view)
    if view == "window" and settings.sinks.view == "auto":
        view = "web"
    if view not in ("web", "json", "none"):
        raise DisplayError(
            f"several cameras are shown by --view web, json or none, got {view}"
        )
    wanted = replace(settings.sinks, view=view)
    setups = {
        name: LiveSetup(each.setup, config=settings.config, camera=name)
        for name, each in settings.cameras.items()
    }
    with Ending() as ending, ExitStack() as opened:
        shared = [_Shared(sink) for sink in _opened(_common(settings, wanted), opened)]
        views = _views(settings, wanted, setups, opened)
        starts = []
        for name, each in settings.cameras.items():
            kept = [*shared, *_opened(_of_camera(name, wanted), opened)]
            sinks = Sinks(kept, views[name])
            open_reader = partial(LiveReader, each.reading, setups[name])
            reader = open_reader()  # a model that cannot be used is said at once
            starts.append(
                partial(
                    _watch, name, each, settings, setups[name], sinks, reader,
                    open_reader,
                )
            )  # fmt: skip
        ending.be_orderly()
        return _run(starts, ending)


def _opened(sinks: Iterator[Sink], opened: ExitStack) -> list[Sink]:
    found = []
    for sink in sinks:
        found.append(sink)
        opened.callback(close_all, [sink])
    return found


def _common(settings: RunSettings, wanted: SinkSettings) -> Iterator[Sink]:
    """Sinks that all cameras write to."""
    has_fields = any(each.setup.fields for each in settings.cameras.values())
    yield from recording_sinks(replace(wanted, mqtt=None), has_fields=has_fields)
    if wanted.view == "json":
        yield JSONLines()


def _of_camera(name: str, wanted: SinkSettings) -> Iterator[Sink]:
    """Sinks of one camera: a topic and a device of its own."""
    if wanted.mqtt is None:
        return
    base = wanted.mqtt.rstrip("/")
    has_topic = "/" in base.partition("://")[2]
    topic = f"{base}/{name}" if has_topic else f"{base}/edge-digits/{name}"
    alone = SinkSettings(
        view=wanted.view,
        host=wanted.host,
        port=wanted.port,
        name=f"{wanted.name} {name}",
        mqtt=topic,
        mqtt_ca=wanted.mqtt_ca,
    )
    yield from recording_sinks(alone, has_fields=False)


def _views(
    settings: RunSettings,
    wanted: SinkSettings,
    setups: dict[str, LiveSetup],
    opened: ExitStack,
) -> dict[str, Sink | None]:
    """The page's tab of each camera, where there is a page."""
    if wanted.view != "web":
        return dict.fromkeys(settings.cameras)
    from edge_app.sinks.web import Web
    from edge_app.sinks.web.tab import Tab

    tabs = {
        name: Tab(
            name=name,
            open_reader=each.reading.anything().open,
            setup=setups[name],
            settings=each.reading,
        )
        for name, each in settings.cameras.items()
    }
    page = Web(
        host=wanted.host, port=wanted.port, token=wanted.token, tabs=list(tabs.values())
    )
    opened.callback(page.close)
    sys.stderr.write(page.announcement() + "\n")
    return dict(tabs)


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
    while not ending.is_told and any(each.is_alive() for each in threads):
        hang = [each for each in hearts if time.monotonic() - each.beat_s > _HANGS_S]
        if not any(not each.has_ended for each in hang):
            service.alive(f"reading {len(threads)} cameras")
        time.sleep(_TICK_S)
    service.stopping()
    ends_s = time.monotonic() + _ENDING_S
    for thread in threads:
        thread.join(max(0.0, ends_s - time.monotonic()))
    return 0 if ending.is_told or any(each.has_ended for each in hearts) else 1


def _watch(
    name: str,
    watched: Watched,
    settings: RunSettings,
    setup: LiveSetup,
    sinks: Sinks,
    reader: LiveReader,
    open_reader: Callable[[], LiveReader],
    ending: Ending,
    heart: _Heart,
) -> None:
    """Read one camera; what goes wrong is its own affair."""
    try:
        with ExitStack() as opened:
            frames = Frames(
                watched.source, watched.camera, is_shown=False, is_kept=True
            )
            frames.name = name
            opened.callback(frames.close)
            following = Following(is_moving=frames.is_moving, setup=setup)
            worker = Worker(
                Upright(
                    iter(frames), watched.reading, setup, is_moving=frames.is_moving
                ),
                open_reader,
                reader=reader,
                following=following,
                is_live=frames.is_live,
                limit_s=limit_s(settings.frame_timeout_s, frames),
            )
            opened.callback(worker.close)
            opened.callback(frames.stop)
            loop = Loop(
                frames,
                worker,
                following,
                sinks,
                max_frames=settings.max_frames,
                service=heart,
            )
            loop.run(ending)
    except EdgeDigitsError as error:
        log.error("%s: %s", name, error)
        _say(sinks, str(error))
    except Exception as error:  # a fault of ours in one camera must not end others
        log.exception("%s: is given up", name)
        _say(sinks, repr(error))
    else:
        return
    heart.beat_s = float("inf")  # it is not missed


def _say(sinks: Sinks, fault: str) -> None:
    from edge_app.sinks.base import WaitingSink

    for sink in sinks:
        if isinstance(sink, WaitingSink):
            sink.wait(fault)
