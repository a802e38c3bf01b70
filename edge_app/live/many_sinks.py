"""The sinks for the readings of several cameras."""

import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from edge_app.cli.reader_settings import ReaderSettings
from edge_app.live.fields.setup import LiveSetup
from edge_app.sinks import (
    Sink,
    Sinks,
    SinkSettings,
    corrections_folder,
    recording_sinks,
)
from edge_app.sinks.corrections.corrections_folder import CorrectionsFolder
from edge_app.sinks.corrections.offered import Corrections
from edge_app.sinks.records.record_sink import JSONLines
from edge_app.sinks.sink import Update


@dataclass(frozen=True)
class Shown:
    """A camera as its sinks have to know it.

    Attributes:
        setup: How it is read, which the live page may change.
        reading: What else says how it is read.
    """

    setup: LiveSetup
    reading: ReaderSettings


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
        """Do nothing: whoever opened the sink closes it."""


def open_of_many(
    settings: SinkSettings, cameras: Mapping[str, Shown], opened: list[Sink]
) -> dict[str, Sinks]:
    """Return each camera's sinks: files and webhook in common, topic and tab its own.

    Args:
        settings: Which ones; the view is `web`, `json` or `none`.
        cameras: By their names.
        opened: Gets every sink that has to be closed, also where one cannot be had.

    Raises:
        EdgeDigitsError: One of them cannot be had.
    """
    folder = corrections_folder(settings)
    common: list[Sink] = []
    # The pages' histories, which offer what may be corrected, are their own.
    shared = replace(settings, kept={**settings.kept, "mqtt": None}, corrections=None)
    for sink in recording_sinks(shared):
        opened.append(sink)
        common.append(_Shared(sink))
    if settings.view == "json":
        common.append(_Shared(JSONLines()))
    of_camera: dict[str, list[Sink]] = {}
    for name in cameras:
        of_camera[name] = list(_of_camera(name, settings))
        opened += of_camera[name]
    views = _tabs(settings, cameras, folder, opened)
    return {
        name: Sinks([*common, *of_camera[name]], views.get(name)) for name in cameras
    }


def _of_camera(name: str, settings: SinkSettings) -> Iterator[Sink]:
    """Yield the sinks of one camera: a topic and a device of its own."""
    url = settings.kept.get("mqtt")
    if url is None:
        return
    base = url.rstrip("/")
    has_topic = "/" in base.partition("://")[2]
    topic = f"{base}/{name}" if has_topic else f"{base}/edge-digits/{name}"
    alone = SinkSettings(
        view=settings.view,
        host=settings.host,
        port=settings.port,
        name=f"{settings.name} {name}",
        page=f"camera/{name}/",
        kept={"mqtt": topic, "mqtt_ca": settings.kept.get("mqtt_ca")},
    )
    yield from recording_sinks(alone)


def _tabs(
    settings: SinkSettings,
    cameras: Mapping[str, Shown],
    folder: CorrectionsFolder | None,
    opened: list[Sink],
) -> dict[str, Sink]:
    """Return the page's tab of each camera, where there is a page."""
    if settings.view != "web":
        return {}
    from edge_app.sinks.web import Web
    from edge_app.sinks.web.tab import Tab

    tabs = {
        name: Tab(
            name=name,
            open_reader=camera.reading.anything().open,
            setup=camera.setup,
            settings=camera.reading,
            corrections=None if folder is None else Corrections(folder, camera=name),
        )
        for name, camera in cameras.items()
    }
    page = Web(
        host=settings.host,
        port=settings.port,
        token=settings.token,
        tabs=list(tabs.values()),
    )
    opened.append(page)
    sys.stderr.write(page.announcement() + "\n")
    return dict(tabs)
