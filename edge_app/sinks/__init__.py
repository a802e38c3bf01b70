"""The sinks of readings: `open_sinks` makes what the settings ask for.

What keeps or sends them is listed in `edge_app.cli.outputs`, what shows them in
`edge_app.sinks.views`.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from edge_app.cli import outputs
from edge_app.cli.reader_settings import ReaderSettings
from edge_app.cli.run_settings import SinkSettings
from edge_app.common.errors import EdgeDigitsError
from edge_app.live.fields.setup import LiveSetup
from edge_app.reader import Reader
from edge_app.sinks.corrections.corrections_folder import CorrectionsFolder
from edge_app.sinks.corrections.offered import Corrections
from edge_app.sinks.records.history import History
from edge_app.sinks.sink import Sink, Update
from edge_app.sinks.views import VIEWS, ViewParts, chosen_view
from edge_app.sources.pace import Player

__all__ = ["Sink", "SinkSettings", "Sinks", "Update", "chosen_view", "open_sinks"]


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
        """Return the one that shows, alone."""
        return [] if self.view is None else [self.view]

    def __iter__(self) -> Iterator[Sink]:
        """Return all of them."""
        return iter([*self.kept, *self.shown])


def open_sinks(
    settings: SinkSettings,
    open_reader: Callable[[], Reader],
    player: Player | None = None,
    setup: LiveSetup | None = None,
    reading: ReaderSettings | None = None,
) -> Sinks:
    """Return the sinks of the settings; if one fails, those already open are closed.

    Args:
        settings: Which ones; the view as `chosen_view` gives it.
        open_reader: Makes a reader for what is drawn on the live page.
        player: What plays a clip or shows pictures, if that is the source.
        setup: How the source is read, which the live page may change.
        reading: What else says how it is read.

    Raises:
        EdgeDigitsError: One of them cannot be had.
    """
    folder = corrections_folder(settings)
    with ExitStack() as opened:
        kept = []
        setup = setup or LiveSetup()
        for sink in recording_sinks(settings):
            opened.callback(sink.close)
            kept.append(sink)
        # Last, so that nobody is shown a picture when another sink cannot be had.
        history = next((sink for sink in kept if isinstance(sink, History)), None)
        corrections = None if folder is None else Corrections(folder)
        parts = ViewParts(
            settings, open_reader, player, setup, reading, history, corrections
        )
        view = VIEWS[settings.view].open(parts)
        opened.pop_all()
    return Sinks(kept, view)


def corrections_folder(settings: SinkSettings) -> CorrectionsFolder | None:
    """Return where corrections are kept; `None` where nobody may correct anything.

    Raises:
        EdgeDigitsError: There is no page to correct on, or no such folder can be made.
    """
    if settings.corrections is None:
        return None
    if settings.view != "web":
        raise EdgeDigitsError(
            "--corrections is for the live page: start it with --view web"
        )
    return CorrectionsFolder(settings.corrections)


def recording_sinks(settings: SinkSettings) -> Iterator[Sink]:
    """Yield the sinks that record and send, opened one after the other."""
    for output in outputs.wanted(settings.kept):
        yield output.open(settings)
