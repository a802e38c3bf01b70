"""Who may see the page, and what a browser may do with it."""

import asyncio
import hmac
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_STUCK_S = 10.0  # a client that takes nothing for so long is let go
_YEAR_S = 365 * 24 * 3600
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; connect-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Guard:
    """Lets in who knows the token, or without one, who asks for this machine by name.

    The name matters since any page that the user visits can have its own name resolved
    to 127.0.0.1 and then read what is there (DNS rebinding).
    """

    def __init__(
        self, app: ASGIApp, *, token: str | None, cookie: str, hosts: Iterable[str]
    ) -> None:
        """Guard an application.

        Args:
            app: What is guarded.
            token: What a client must show; `None` for a page on this machine only.
            cookie: Name of the cookie that keeps the token.
            hosts: Names under which a page without a token may be asked for.
        """
        self._app = app
        self._token = token
        self._cookie = cookie
        self._hosts = set(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            async with asyncio.timeout(_STUCK_S):
                await send(message)

        answer = self._refusal(scope) or self._welcome(scope) or self._app
        # The server closes the connection of an unfinished response.
        with suppress(TimeoutError):
            await answer(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        other_site = headers.get("sec-fetch-site") in ("cross-site", "same-site")
        if other_site and not (scope["method"] == "GET" and scope["path"] == "/"):
            return PlainTextResponse("Not for other sites.\n", 403)
        if self._token is None:
            name = headers.get("host", "").rpartition(":")[0] or headers.get("host")
            if name in self._hosts:
                return None
            return PlainTextResponse("Ask for localhost, or set a token.\n", 403)
        if any(self._is_token(shown) for shown in _shown(scope, self._cookie)):
            return None
        return PlainTextResponse(
            "This page needs the link with the token that edge-digits printed.\n",
            401,
            {"WWW-Authenticate": "Bearer"},
        )

    def _welcome(self, scope: Scope) -> Response | None:
        """Move the token from the link to a cookie, so that nobody reads it there."""
        if self._token is None or scope["path"] != "/" or not _in_query(scope):
            return None
        answer = RedirectResponse("./", 303)
        answer.set_cookie(
            self._cookie, self._token, _YEAR_S, httponly=True, samesite="lax"
        )
        return answer

    def _is_token(self, shown: str) -> bool:
        return hmac.compare_digest(shown.encode(), (self._token or "").encode())


def _shown(scope: Scope, cookie: str) -> list[str]:
    """Every token that a request shows: in its link, a header or a cookie."""
    headers = Headers(scope=scope)
    kind, _, bearer = headers.get("authorization", "").partition(" ")
    cookies = cookie_parser(headers.get("cookie", ""))
    return [
        *_in_query(scope),
        *([bearer] if kind.lower() == "bearer" else []),
        *([cookies[cookie]] if cookie in cookies else []),
    ]


def _in_query(scope: Scope) -> list[str]:
    return parse_qs(scope["query_string"].decode("latin-1")).get("token", [])
