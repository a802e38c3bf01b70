"""The interface for other programs, and for the page to edit fields."""

import asyncio
import json
import math
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from edge_app import __version__
from edge_app.common.errors import SettingsError
from edge_app.live.fields.editing import Editing
from edge_app.sinks.records.record_sink import captured_at
from edge_app.sinks.sink import Update
from edge_app.sinks.web.page.feed import Feed

OPENAPI = Path(__file__).parent / "openapi.json"
_MOST_JSON_BYTES = 100_000  # of a request's JSON
_READER_HUNG_S = 15.0  # without a word from who reads

Handler = Callable[[Request], Awaitable[Response]]


class Rest:
    """Answers in JSON; `openapi.json` says what."""

    def __init__(self, feed: Feed, editing: Editing, *, name: str) -> None:
        """Answer from `feed`.

        Args:
            feed: What is read.
            editing: Changes how it is read.
            name: What the answers call this device.
        """
        self._feed = feed
        self._editing = editing
        self._name = name

    def routes(self) -> list[Route]:
        """Return the addresses that are answered here."""
        return [
            Route("/openapi.json", self._openapi),
            Route("/healthz", self._healthz),
            Route("/reading", self._reading),
            Route("/fields", _checked(self._fields), methods=["GET", "POST"]),
            Route("/fields/picture.jpg", _checked(self._picture)),
            Route("/fields/try", _checked(self._try), methods=["POST"]),
            Route("/fields/reference", _checked(self._take), methods=["POST"]),
            Route("/fields/reference", _checked(self._drop), methods=["DELETE"]),
            Route("/fields/{name}/forget", self._forget, methods=["POST"]),
        ]

    async def _openapi(self, _request: Request) -> Response:
        return FileResponse(OPENAPI, media_type="application/json")

    async def _healthz(self, _request: Request) -> Response:
        health = self.health()
        return JSONResponse(health, 200 if health["status"] == "ok" else 503)

    def health(self) -> dict[str, Any]:
        """Return whether all is well, for JSON."""
        serial, _ = self._feed.newest
        fault = self._feed.fault
        if self._feed.unheard_s() > _READER_HUNG_S:
            fault = "the reading hangs"
        is_well = fault is None and serial > 0
        return {
            "status": "ok" if is_well else "fault" if fault else "waiting",
            "fault": fault,
            "device": self._name,
            "version": __version__,
            "frames_per_second": round(self._feed.frames_per_second(), 1),
            "silent_s": round(self._feed.silent_s(), 1) if serial else None,
        }

    async def _reading(self, _request: Request) -> Response:
        update = self._feed.newest[1]
        if update is None:
            return _error("there is no picture yet", 503)
        answer = {
            "device": self._name,
            "source": update.origin,
            "time": captured_at(update),
            "age_ms": round(update.age_ms, 1),
            "silent_s": round(self._feed.silent_s(), 1),
            "fault": update.frame.fault or self._feed.fault,
            **update.reading.to_dict(),
        }
        return JSONResponse({"fields": [], **answer})

    async def _fields(self, request: Request) -> Response:
        if request.method == "POST":
            wanted = await _json(request)
            await asyncio.to_thread(self._editing.change, wanted)
        return JSONResponse(self._described())

    async def _picture(self, _request: Request) -> Response:
        frame = self._update().frame.image
        content = await asyncio.to_thread(self._editing.picture, frame)
        return Response(content, media_type="image/jpeg")

    async def _try(self, request: Request) -> Response:
        wanted = await _json(request)
        frame = self._update().frame.image
        read = await asyncio.to_thread(partial(self._editing.tried, wanted, frame))
        return JSONResponse({"fields": read})

    async def _take(self, _request: Request) -> Response:
        frame = self._update().frame.image
        await asyncio.to_thread(self._editing.take_reference, frame)
        return JSONResponse(self._described())

    async def _drop(self, _request: Request) -> Response:
        await asyncio.to_thread(self._editing.take_reference, None)
        return JSONResponse(self._described())

    async def _forget(self, request: Request) -> Response:
        name = request.path_params["name"]
        if not self._editing.forget(name):
            return _error(f"no field is called {name}", 404)
        return Response(status_code=204)

    def _described(self) -> dict[str, Any]:
        update = self._feed.newest[1]
        read = () if update is None else update.reading.fields
        return self._editing.described({reading.name: reading for reading in read})

    def _update(self) -> Update:
        update = self._feed.newest[1]
        if update is None:
            raise SettingsError("there is no picture yet")
        return update


def _checked(answer: Handler) -> Handler:
    """Answer with a line that says what the user did wrong."""

    async def answered(request: Request) -> Response:
        try:
            return await answer(request)
        except SettingsError as error:
            return _error(str(error), 422)

    return answered


def _error(text: str, status: int) -> Response:
    return JSONResponse({"error": text}, status)


async def _json(request: Request) -> object:
    """Return the JSON of a request's body.

    Raises:
        SettingsError: It is none, or too long.
    """
    # Which no form of another page can send.
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise SettingsError("Content-Type: application/json expected")
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > _MOST_JSON_BYTES:
            raise SettingsError(f"at most {_MOST_JSON_BYTES} bytes expected")
    try:
        return json.loads(content, parse_constant=lambda _: math.nan)
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"JSON expected ({error})") from error
