"""One camera's part of the live page."""

from collections.abc import Callable, Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from edge_app.cli.reader_settings import ReaderSettings
from edge_app.live.fields.editing import Editing
from edge_app.live.fields.setup import LiveSetup
from edge_app.model import classify
from edge_app.reader import Reader
from edge_app.sinks.corrections.offered import Corrections
from edge_app.sinks.records.history import History
from edge_app.sinks.sink import Update
from edge_app.sinks.web.metrics import Metrics
from edge_app.sinks.web.page.feed import Feed
from edge_app.sinks.web.page.live_page import LivePage
from edge_app.sinks.web.page.uploads import Photos
from edge_app.sinks.web.rest import Rest
from edge_app.sources.pace import Player


class Tab:
    """The readings of one source, for its page.

    Attributes:
        name: What programs that ask call it.
        metrics: What `/metrics` tells.
    """

    def __init__(
        self,
        *,
        name: str = "edge-digits",
        max_clients: int = 32,
        open_reader: Callable[[], Reader] = lambda: Reader(classify.load()),
        player: Player | None = None,
        setup: LiveSetup | None = None,
        settings: ReaderSettings | None = None,
        history: History | None = None,
        corrections: Corrections | None = None,
    ) -> None:
        """Show nothing yet.

        Args:
            name: What programs that ask call it.
            max_clients: Pages that may watch at once.
            open_reader: Makes the reader of drawings and photographs at the first one.
            player: What shows a folder's pictures, if that is the source.
            setup: How the source is read, which the page may change.
            settings: Which models read what is tried on the page.
            history: What is told of earlier events, and of more than are shown.
            corrections: Takes what people correct; `None` where they cannot.
        """
        self.name = name
        self.metrics = Metrics()
        earlier = history.newest() if history is not None else ()
        self._feed = Feed(earlier=earlier, corrections=corrections)
        editing = Editing(setup or LiveSetup(), settings or ReaderSettings())
        self.rest = Rest(self._feed, editing, name=name)
        self._page = LivePage(
            self._feed,
            Photos(open_reader, corrections),
            self.metrics,
            max_clients=max_clients,
            player=player,
            rest=self.rest,
            history=history,
            corrections=corrections,
        )

    def app(self) -> Starlette:
        """Return the application that answers for it, not yet guarded."""
        return self._page.app()

    def write(self, update: Update) -> bool:
        """Show one update; never waits for a client."""
        self.metrics.write(update)
        self._feed.put(update)
        return True

    def repeat(self, update: Update) -> None:
        """Show once more what stays, so that it is not taken for the past."""
        self._feed.put(update)

    def given_up(self) -> None:
        """Count one frame that took too long to read."""
        self.metrics.given_up()

    def wait(self, fault: str | None) -> bool:
        """Show what is wrong with the source while it gives no frame."""
        self._feed.put_fault(fault)
        return True

    def reconnected(self) -> None:
        """Count that the source was lost, and show that it works again."""
        self._feed.put_fault(None)
        self.metrics.reconnected()

    def close(self) -> None:
        """Say goodbye to every client."""
        self._feed.close()


def app_of(tabs: Sequence[Tab]) -> Starlette:
    """Return the application of several cameras: each one's page at `camera/NAME/`."""

    async def first(_request: Request) -> Response:
        return RedirectResponse(f"camera/{tabs[0].name}/", 303)

    async def cameras(_request: Request) -> Response:
        health = [{"name": tab.name, **tab.rest.health()} for tab in tabs]
        return JSONResponse({"cameras": health})

    async def healthz(_request: Request) -> Response:
        health = {tab.name: tab.rest.health() for tab in tabs}
        is_well = all(camera["status"] == "ok" for camera in health.values())
        status = "ok" if is_well else "fault"
        return JSONResponse(
            {"status": status, "cameras": health}, 200 if is_well else 503
        )

    return Starlette(
        routes=[
            Route("/", first),
            Route("/cameras", cameras),
            Route("/healthz", healthz),
            *(Mount(f"/camera/{tab.name}", tab.app()) for tab in tabs),
        ]
    )
