"""Where readings go: `open_sinks` makes what the settings ask for."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from edge_app.common.errors import DisplayError, EdgeDigitsError
from edge_app.reader import Reader
from edge_app.sinks.corrections.corrections_folder import Corrections
from edge_app.sinks.records.history import History
from edge_app.sinks.records.record_sink import CSV, JSONLines
from edge_app.sinks.records.text import Text
from edge_app.sinks.sink import Sink, Update
from edge_app.sinks.window.window_sink import Window, why_no_window
from edge_app.sources.pace import Player

__all__ = ["Sink", "SinkSettings", "Sinks", "Update", "chosen_view", "open_sinks"]

View = Literal["auto", "window", "web", "text", "json", "none"]


@dataclass(frozen=True)
class SinkSettings:
    """Where readings go; `None` for what is not wanted.

    Attributes:
        view: What shows them to whoever started the command. `auto` is a window where
            one can be shown, else the live page where its packages are installed, else
            text.
        host: Address of the live page.
        port: Its port.
        token: What its clients must show.
        jsonl: A file of JSON Lines.
        csv: A CSV file.
        every_frame: Those files get every frame, not events alone.
        mqtt: A broker's URL.
        mqtt_ca: Certificates that the broker's is checked against.
        save_unsure: A folder for crops of doubtful digits.
        record: A folder for the picture of each number that settled.
        record_mb: Megabytes above which its oldest pictures go.
        history: A file in which the live page's history outlives the program.
        corrections: A folder for what people correct on the live page.
    """

    view: View = "auto"
    host: str = "127.0.0.1"
    port: int = 8000
    token: str | None = None
    jsonl: Path | None = None
    csv: Path | None = None
    every_frame: bool = False
    mqtt: str | None = None
    mqtt_ca: Path | None = None
    save_unsure: Path | None = None
    record: Path | None = None
    record_mb: int = 500
    history: Path | None = None
    corrections: Path | None = None

    @property
    def is_shown(self) -> bool:
        """Whether the view is one that somebody looks at."""
        return self.view in ("window", "web")

    @property
    def is_kept(self) -> bool:
        """Whether readings are recorded, sent, or left to another program."""
        kept = (
            self.jsonl, self.csv, self.mqtt, self.save_unsure, self.record, self.history
        )  # fmt: skip
        return any(each is not None for each in kept) or self.view in ("json", "none")


@dataclass(frozen=True)
class Sinks:
    """Open sinks.

    Attributes:
        kept: Those that record and send.
        view: The one that shows, if there is one.
    """

    kept: list[Sink]
    view: Sink | None

    @property
    def shown(self) -> list[Sink]:
        """The one that shows, alone."""
        return [] if self.view is None else [self.view]

    def __iter__(self) -> Iterator[Sink]:
        """All of them."""
        return iter([*self.kept, *self.shown])


def open_sinks(
    settings: SinkSettings,
    open_reader: Callable[[], Reader],
    player: Player | None = None,
) -> Sinks:
    """The sinks of the settings, those already open closed again if one fails.

    Args:
        settings: Which ones; the view as `chosen_view` gives it.
        open_reader: Makes a reader for what is drawn on the live page.
        player: What plays a clip or shows pictures, if that is the source.

    Raises:
        EdgeDigitsError: One of them cannot be had.
    """
    if settings.corrections is not None and settings.view != "web":
        raise EdgeDigitsError(
            "--corrections is for the live page: start it with --view web"
        )
    with ExitStack() as opened:
        kept = []
        for sink in _records(settings):
            opened.callback(sink.close)
            kept.append(sink)
        # Last, so that nobody is shown a picture when another sink cannot be had.
        history = next((each for each in kept if isinstance(each, History)), None)
        view = _view(settings, open_reader, player, history)
        opened.pop_all()
    return Sinks(kept, view)


def _records(settings: SinkSettings) -> Iterator[Sink]:
    events_only = not settings.every_frame
    if settings.jsonl is not None:
        yield JSONLines(settings.jsonl, events_only=events_only)
    if settings.csv is not None:
        yield CSV(settings.csv, events_only=events_only)
    if settings.mqtt is not None:
        _need("mqtt", "paho")
        from edge_app.sinks.mqtt.mqtt_sink import MQTT

        yield MQTT(settings.mqtt, ca_file=settings.mqtt_ca)
    if settings.save_unsure is not None:
        from edge_app.sinks.snapshots import Snapshots

        yield Snapshots(settings.save_unsure)
    if settings.record is not None:
        from edge_app.sinks.records.recorder import Recorder

        yield Recorder(settings.record, max_bytes=settings.record_mb * 1_000_000)
    if settings.history is not None:
        yield History(settings.history, with_specimens=settings.corrections is not None)


def _view(
    settings: SinkSettings,
    open_reader: Callable[[], Reader],
    player: Player | None,
    history: History | None,
) -> Sink | None:
    if settings.view == "window":
        return Window(player)
    if settings.view == "text":
        return Text()
    if settings.view == "json":
        return JSONLines()
    if settings.view != "web":
        return None
    _need("web", *_WEB_MODULES)
    from edge_app.sinks.web import Web

    folder = settings.corrections
    corrections = None if folder is None else Corrections(folder)
    page = Web(
        host=settings.host,
        port=settings.port,
        token=settings.token,
        open_reader=open_reader,
        player=player,
        history=history,
        corrections=corrections,
    )
    sys.stderr.write(page.announcement() + "\n")
    return page


def chosen_view(view: View) -> View:
    """What `auto` means here; any other view as it is.

    Raises:
        DisplayError: A window is asked for where none can be shown.
    """
    if view not in ("auto", "window"):
        return view
    if (reason := why_no_window()) is None:
        return "window"
    if view == "window":
        raise DisplayError(f"no window can be shown: {reason}; try --view text")
    return "text" if _missing(_WEB_MODULES) else "web"


_WEB_MODULES = ("prometheus_client", "segno", "starlette", "uvicorn")


def _missing(modules: tuple[str, ...]) -> str | None:
    return next((name for name in modules if find_spec(name) is None), None)


def _need(extra: str, *modules: str) -> None:
    if (name := _missing(modules)) is not None:
        raise EdgeDigitsError(f"{name} is not installed; try: pip install '.[{extra}]'")
