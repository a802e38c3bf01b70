"""The page's addresses and what each answers."""

import asyncio
import mimetypes
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from edge_app import __version__
from edge_app.common import health
from edge_app.sinks.corrections.offered import Corrections
from edge_app.sinks.records.happenings import Happening
from edge_app.sinks.records.history import History
from edge_app.sinks.records.record_sink import captured_at, event_dict
from edge_app.sinks.sink import Update
from edge_app.sinks.web.metrics import CONTENT_TYPE, Metrics
from edge_app.sinks.web.page.corrected import Corrected
from edge_app.sinks.web.page.exported import exported
from edge_app.sinks.web.page.feed import Feed
from edge_app.sinks.web.page.frame_pictures import FramePictures
from edge_app.sinks.web.page.streams import (
    BOUNDARY,
    Watch,
    check_is_no_form,
    message,
    parts,
)
from edge_app.sinks.web.page.uploads import Photos, UploadError
from edge_app.sinks.web.rest import Rest
from edge_app.sources.pace import Player

STATIC = Path(__file__).parents[1] / "static"
_FIRST_PICTURE_S = 3.0  # how long one is waited for
_BETWEEN_READINGS_S = 0.2  # between two readings told to one client
_HEALTH_S = 2.0  # between two looks at the device
# Some systems' tables say text/plain, which browsers then refuse to run.
mimetypes.add_type("text/javascript", ".js")


class LivePage:
    """Answers for everything that the page asks."""

    def __init__(
        self,
        feed: Feed,
        photos: Photos,
        metrics: Metrics,
        *,
        max_clients: int,
        player: Player | None = None,
        rest: Rest,
        history: History | None = None,
        corrections: Corrections | None = None,
    ) -> None:
        """Answer from `feed`, for at most `max_clients` pages at once."""
        self._rest = rest
        self._player = player
        self._history = history
        self._corrections = corrections
        self._feed = feed
        self._photos = photos
        self._metrics = metrics
        self._pictures = FramePictures(feed)
        self._clean_pictures = FramePictures(feed, is_clean=True)
        self._max_watchers = 2 * max_clients  # the picture's stream and the readings'
        self._health: dict[str, Any] = {}
        self._health_at = 0.0

    def app(self) -> Starlette:
        """Return the application, not yet guarded."""
        return Starlette(
            routes=[
                Route("/", self._index, middleware=[Middleware(GZipMiddleware)]),
                Route("/picture", self._stream),
                Route("/picture.jpg", self._picture),
                Route("/still", self._pictures.still),
                Route("/snapshot.jpg", self._pictures.snapshot),
                Route("/events", self._events),
                Route("/history/{serial:int}.jpg", self._thumb),
                Route("/history.csv", self._table),
                *Corrected(self._corrections).routes(),
                Route("/read", self._read, methods=["POST"]),
                Route("/step", self._step, methods=["POST"]),
                Route("/metrics", self._metrics_text),
                *self._rest.routes(),
                Mount("/static", GZipMiddleware(StaticFiles(directory=STATIC))),
            ]
        )

    async def _index(self, _request: Request) -> Response:
        return FileResponse(
            STATIC / "index.html", headers={"Cache-Control": "no-cache"}
        )

    def _pictures_of(self, request: Request) -> FramePictures:
        is_clean = request.query_params.get("clean") == "1"
        return self._clean_pictures if is_clean else self._pictures

    async def _picture(self, request: Request) -> Response:
        picture = None
        with suppress(TimeoutError), self._feed.watching():  # else nobody is woken
            async with asyncio.timeout(_FIRST_PICTURE_S):
                newest = self._pictures_of(request)
                picture = await newest.next(after=max(0, self._feed.serial - 1))
        if picture is None:
            return PlainTextResponse("There is no picture yet.\n", 503)
        return Response(picture[1], media_type="image/jpeg")

    async def _stream(self, request: Request) -> Response:
        kind = f"multipart/x-mixed-replace; boundary={BOUNDARY}"
        return self._streamed(parts(self._pictures_of(request)), kind)

    def _streamed(self, content: AsyncIterator[bytes], media_type: str) -> Response:
        if self._feed.num_watchers >= self._max_watchers:
            return PlainTextResponse(
                "Too many pages watch already.\n", 503, {"Retry-After": "5"}
            )
        return Watch(self._feed, content, media_type)

    async def _events(self, request: Request) -> Response:
        last = request.headers.get("last-event-id", "0")
        seen = int(last) if last.isdecimal() else 0
        # Numbers begin anew when the program does.
        newest = self._feed.happenings(after=0)[-1:]
        after = seen if newest and seen <= newest[0].serial else 0
        return self._streamed(self._messages(after), "text/event-stream")

    async def _messages(self, after: int) -> AsyncIterator[bytes]:
        """Yield readings, events and the device's health as server-sent events."""
        yield b"retry: 2000\n\n"
        sent, health_at, fault = 0, 0.0, None
        while not self._feed.closing:
            if happenings := self._feed.happenings(after=after):
                after = happenings[-1].serial
                shown = [self._happening(happening) for happening in happenings]
                yield message("history", shown, serial=after)
            serial, update = self._feed.newest
            if update is not None and serial != sent:
                sent = serial
                yield message("reading", self._reading(serial, update))
            if self._feed.fault != fault:
                fault = self._feed.fault
                yield message("fault", fault)
            if time.monotonic() - health_at >= _HEALTH_S:
                health_at = time.monotonic()
                yield message("health", self._examined())
            await asyncio.sleep(_BETWEEN_READINGS_S)
            # What came meanwhile has woken nobody.
            if not self._has_news(sent, fault):
                await self._feed.change(timeout_s=_HEALTH_S)

    def _has_news(self, sent: int, fault: str | None) -> bool:
        """Return whether there is more than was sent of updates and faults."""
        feed = self._feed
        return feed.closing or feed.serial != sent or feed.fault != fault

    def _given(self, name: str | None) -> str | None:
        """Return what a person says that a number is, if one did."""
        if name is None or self._corrections is None:
            return None
        return self._corrections.given(name)

    def _happening(self, happening: Happening) -> dict[str, Any]:
        return {
            "serial": happening.serial,
            "when_ms": round(1000 * happening.when_s),
            "has_picture": happening.thumb is not None,
            "specimen": happening.specimen and happening.specimen.name,
            "given": self._given(happening.name),
            **event_dict(happening.event),
            "field": happening.field,
        }

    async def _table(self, _request: Request) -> Response:
        happenings = (
            self._feed.happenings(after=0)
            if self._history is None
            else self._history.every()
        )
        return exported(happenings, self._given)

    def _reading(self, serial: int, update: Update) -> dict[str, Any]:
        return {
            "serial": serial,
            "source": update.origin,
            "error": update.frame.fault,
            "time": captured_at(update),
            "silent_ms": round(1000 * self._feed.silent_s()),
            "age_ms": round(update.age_ms, 1),
            "frames_per_second": round(self._feed.frames_per_second(), 1),
            "num_rejects": len(update.reading.rejects),
            "num_pictures": self._player.num_pictures if self._player else 0,
            **update.reading.to_dict(),
        }

    def _examined(self) -> dict[str, Any]:
        now = time.monotonic()
        if now - self._health_at >= _HEALTH_S / 2:
            self._health_at = now
            self._health = asdict(health.examine())
        pages = (self._feed.num_watchers + 1) // 2
        return {**self._health, "num_pages": pages, "version": __version__}

    async def _thumb(self, request: Request) -> Response:
        serial = request.path_params["serial"]
        for happening in self._feed.happenings(after=serial - 1)[:1]:
            if happening.serial == serial and happening.thumb is not None:
                return Response(
                    happening.thumb,
                    media_type="image/jpeg",
                    headers={"Cache-Control": "private, max-age=3600"},
                )
        return PlainTextResponse("No such picture.\n", 404)

    async def _read(self, request: Request) -> Response:
        with_picture = request.query_params.get("picture") == "1"
        try:
            check_is_no_form(request)
            answer = await self._photos.read(
                request.stream(), with_picture=with_picture
            )
        except UploadError as error:
            # What is left of the body is not read, so the connection must end.
            return JSONResponse(
                {"error": str(error)}, error.status, {"Connection": "close"}
            )
        return JSONResponse(answer)

    async def _step(self, request: Request) -> Response:
        by = request.query_params.get("by")
        if by not in ("1", "-1"):
            return PlainTextResponse("by=1 or by=-1 expected.\n", 422)
        if self._player is not None:
            self._player.step(int(by))
        return Response(status_code=204)

    async def _metrics_text(self, _request: Request) -> Response:
        return Response(self._metrics.exposition(), media_type=CONTENT_TYPE)
