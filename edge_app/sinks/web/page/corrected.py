"""The corrections of numbers that users make on the page, and take back."""

import asyncio
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from edge_app.common.errors import CorrectionError
from edge_app.sinks.corrections.corrections_folder import Correction
from edge_app.sinks.corrections.offered import Corrections

_MOST_CORRECTION_BYTES = 2000  # of a request's body
_LISTED_CORRECTIONS = 60  # corrections that the page shows


class Corrected:
    """Answers what concerns corrections, also where there are none."""

    def __init__(self, corrections: Corrections | None) -> None:
        """Take corrections; `None` where nobody may correct anything."""
        self._corrections = corrections

    def routes(self) -> list[Route]:
        """Return the addresses."""
        one = "/corrections/{name:str}"
        return [
            Route("/corrections", self._list, methods=["GET"]),
            Route("/corrections", self._give, methods=["POST"]),
            Route(f"{one}.jpg", self._picture, methods=["GET"]),
            Route(one, self._undo, methods=["DELETE"]),
        ]

    async def _list(self, _request: Request) -> Response:
        if self._corrections is None:
            return JSONResponse({"is_on": False})
        kept = self._corrections.newest()
        listed = [_shown(entry) for entry in kept[:_LISTED_CORRECTIONS]]
        return JSONResponse(
            {
                "is_on": True,
                "folder": str(self._corrections.path),
                "count": len(kept),
                "newest": listed,
            }
        )

    async def _give(self, request: Request) -> Response:
        if self._corrections is None:
            return _failed(409, "start edge-digits with --corrections DIR to correct")
        # No other site's form can send that type.
        if request.headers.get("content-type", "") != "application/json":
            return _failed(415, "JSON with specimen and text expected")
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MOST_CORRECTION_BYTES:
                return _failed(413, f"at most {_MOST_CORRECTION_BYTES} bytes expected")
        try:
            given = json.loads(body)
            name, text = given["specimen"], given["text"]
            if not isinstance(name, str) or not isinstance(text, str):
                raise TypeError
        except (ValueError, TypeError, KeyError, RecursionError):
            return _failed(422, "JSON with the texts specimen and text expected")
        try:
            kept = await asyncio.to_thread(self._corrections.give, name, text)
        except CorrectionError as error:
            return _failed(422, str(error))
        except OSError as error:
            return _failed(507, f"cannot be written ({error.strerror})")
        return JSONResponse(_shown(kept))

    async def _undo(self, request: Request) -> Response:
        name = request.path_params["name"]
        if self._corrections is None:
            return _failed(404, "nothing can be corrected here")
        if not await asyncio.to_thread(self._corrections.undo, name):
            return _failed(404, "there is no such correction")
        return Response(status_code=204)

    async def _picture(self, request: Request) -> Response:
        content = None
        if self._corrections is not None:
            name = request.path_params["name"]
            content = await asyncio.to_thread(self._corrections.picture, name)
        if content is None:
            return PlainTextResponse("No such picture.\n", 404)
        return Response(
            content,
            media_type="image/jpeg",
            headers={"Cache-Control": "private, max-age=3600"},
        )


def _shown(correction: Correction) -> dict[str, Any]:
    return {
        "specimen": correction.name,
        "read": correction.read,
        "given": correction.given,
        "is_matched": correction.is_matched,
    }


def _failed(status: int, reason: str) -> JSONResponse:
    # What is left of a body is not read, so the connection must end.
    return JSONResponse({"error": reason}, status, {"Connection": "close"})
