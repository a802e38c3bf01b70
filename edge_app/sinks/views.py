"""The views, one of which shows readings: a new one is a function and a line here."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from edge_app.cli.reader_settings import ReaderSettings
from edge_app.cli.run_settings import SinkSettings, ViewName
from edge_app.common.errors import DisplayError
from edge_app.common.extras import missing, need
from edge_app.live.fields.setup import LiveSetup
from edge_app.reader import Reader
from edge_app.sinks.corrections.corrections_folder import CorrectionsFolder
from edge_app.sinks.corrections.offered import Corrections
from edge_app.sinks.records.history import History
from edge_app.sinks.records.record_sink import JSONLines
from edge_app.sinks.records.text import Text
from edge_app.sinks.sink import SharedSink, Sink
from edge_app.sinks.window.window_sink import Window, why_no_window
from edge_app.sources.pace import Player

_WEB_MODULES = ("prometheus_client", "segno", "starlette", "uvicorn")


@dataclass(frozen=True)
class ViewParts:
    """All that a view may be made of.

    Attributes:
        settings: The view's name, and the page's address.
        open_reader: Makes a reader for what is drawn on the live page.
        player: What plays a clip or shows pictures, if that is the source.
        setup: How the source is read, which the live page may change.
        reading: What else says how it is read.
        history: The numbers that were read, if they are kept.
        corrections: Where numbers are corrected, if they may be.
    """

    settings: SinkSettings
    open_reader: Callable[[], Reader]
    player: Player | None
    setup: LiveSetup
    reading: ReaderSettings | None
    history: History | None
    corrections: Corrections | None


@dataclass(frozen=True)
class ViewedCamera:
    """One of several cameras, as a view has to know it.

    Attributes:
        setup: How it is read, which the live page may change.
        reading: What else says how it is read.
    """

    setup: LiveSetup
    reading: ReaderSettings


@dataclass(frozen=True)
class ManyViewParts:
    """All that a view of several cameras may be made of.

    Attributes:
        settings: The view's name, and the page's address.
        cameras: By their names.
        corrections: Where numbers are corrected, if they may be.
    """

    settings: SinkSettings
    cameras: Mapping[str, ViewedCamera]
    corrections: CorrectionsFolder | None


@dataclass(frozen=True)
class ManyViews:
    """A view of several cameras.

    Attributes:
        whole: What has to be closed in the end; `None` if nothing has.
        of_camera: What each camera's readings are written to, by its name.
    """

    whole: Sink | None
    of_camera: Mapping[str, Sink]


@dataclass(frozen=True)
class ViewKind:
    """A way to show readings.

    Attributes:
        open: Opens it for one source; it returns `None` if it shows nothing.
        open_of_many: Opens it for several cameras; `None` where it shows only one.
    """

    open: Callable[[ViewParts], Sink | None]
    open_of_many: Callable[[ManyViewParts], ManyViews] | None = None


def chosen_view(view: ViewName) -> ViewName:
    """Return what `auto` means here; any other view as it is.

    Raises:
        DisplayError: A window is asked for where none can be shown.
    """
    if view not in ("auto", "window"):
        return view
    if (reason := why_no_window()) is None:
        return "window"
    if view == "window":
        raise DisplayError(f"no window can be shown: {reason}; try --view text")
    return "text" if missing(*_WEB_MODULES) else "web"


def chosen_view_of_many(view: ViewName) -> ViewName:
    """Return what shows several cameras where `view` is asked for.

    Raises:
        DisplayError: It shows only one.
    """
    chosen = chosen_view(view)
    if chosen in VIEWS_OF_MANY:
        return chosen
    if view == "auto":
        return "web"
    *names, last = VIEWS_OF_MANY
    raise DisplayError(
        f"several cameras are shown by --view {', '.join(names)} or {last}, "
        f"got {chosen}"
    )


def _web(parts: ViewParts) -> Sink:
    """Return the live page, and say where it is.

    Raises:
        EdgeDigitsError: What it needs is not installed, or its port is taken.
    """
    need("web", *_WEB_MODULES)
    from edge_app.sinks.web import Web

    page = Web(
        host=parts.settings.host,
        port=parts.settings.port,
        token=parts.settings.token,
        open_reader=parts.open_reader,
        player=parts.player,
        setup=parts.setup,
        settings=parts.reading,
        name=parts.settings.name,
        history=parts.history,
        corrections=parts.corrections,
    )
    sys.stderr.write(page.announcement() + "\n")
    return page


def _web_of_many(parts: ManyViewParts) -> ManyViews:
    """Return the live page with a tab for each camera, and say where it is.

    Raises:
        EdgeDigitsError: What it needs is not installed, or its port is taken.
    """
    need("web", *_WEB_MODULES)
    from edge_app.sinks.web import Web
    from edge_app.sinks.web.tab import Tab

    folder = parts.corrections
    tabs = {
        name: Tab(
            name=name,
            open_reader=camera.reading.anything().open,
            setup=camera.setup,
            settings=camera.reading,
            corrections=None if folder is None else Corrections(folder, camera=name),
        )
        for name, camera in parts.cameras.items()
    }
    page = Web(
        host=parts.settings.host,
        port=parts.settings.port,
        token=parts.settings.token,
        tabs=list(tabs.values()),
    )
    sys.stderr.write(page.announcement() + "\n")
    return ManyViews(page, tabs)


def _json_of_many(parts: ManyViewParts) -> ManyViews:
    """Return one standard output for all cameras."""
    lines = JSONLines()
    return ManyViews(lines, dict.fromkeys(parts.cameras, SharedSink(lines)))


# Those of `--view` but `auto`, which is one of them.
VIEWS: dict[ViewName, ViewKind] = {
    "window": ViewKind(lambda parts: Window(parts.player)),
    "web": ViewKind(_web, _web_of_many),
    "text": ViewKind(lambda _: Text()),
    "json": ViewKind(lambda _: JSONLines(), _json_of_many),
    "none": ViewKind(lambda _: None, lambda _: ManyViews(None, {})),
}
VIEWS_OF_MANY = [name for name, kind in VIEWS.items() if kind.open_of_many is not None]
