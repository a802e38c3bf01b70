"""The views, one of which shows readings: a new one is a function and a line here."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

from edge_app.cli.reader_settings import ReaderSettings
from edge_app.cli.run_settings import SinkSettings, View
from edge_app.common.errors import DisplayError
from edge_app.common.extras import missing, need
from edge_app.live.fields.setup import LiveSetup
from edge_app.reader import Reader
from edge_app.sinks.corrections.offered import Corrections
from edge_app.sinks.records.history import History
from edge_app.sinks.records.record_sink import JSONLines
from edge_app.sinks.records.text import Text
from edge_app.sinks.sink import Sink
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


def chosen_view(view: View) -> View:
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


# Those of `--view` but `auto`, which is one of them.
VIEWS: dict[View, Callable[[ViewParts], Sink | None]] = {
    "window": lambda parts: Window(parts.player),
    "web": _web,
    "text": lambda _: Text(),
    "json": lambda _: JSONLines(),
    "none": lambda _: None,
}
