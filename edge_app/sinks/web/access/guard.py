"""The guard of the page: who may see it, and what a browser may do with it."""

import asyncio
import hmac
import logging
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge_app.sinks.web.access import signin

log = logging.getLogger(__name__)

_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; connect-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _PAGE_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True)
class GuardLimits:
    """Limits of clients' patience and of what is logged about them.

    Attributes:
        stuck_s: A client that takes nothing for so long is let go.
        cookie_s: A browser keeps the token: a year.
        log_every_s: Between two lines about wrong tokens, at least.
        most_logged: Addresses in a line.
    """

    stuck_s: float = 10.0
    cookie_s: int = 365 * 24 * 3600
    log_every_s: float = 30.0
    most_logged: int = 10


_GUARD = GuardLimits()


class Guard:
    """Lets in who knows the token, or without one, who asks for this machine by name.

    The name matters since any page that the user visits can have its own name resolved
    to 127.0.0.1 and then read what is there (DNS rebinding).
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        token: str | None,
        cookie: str,
        hosts: Iterable[str],
        max_requests: int,
    ) -> None:
        """Guard an application.

        Args:
            app: What is guarded.
            token: What a client must show; `None` for a page on this machine only.
            cookie: Name of the cookie that keeps the token.
            hosts: Names under which a page without a token may be asked for.
            max_requests: Of those let in, how many are answered at once.
        """
        self._app = app
        self._token = token
        self._cookie = cookie
        self._hosts = set(hosts)
        self._max_requests = max_requests
        self._num_requests = 0
        self._wrong = WrongTokens()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                # The page's own files show nothing: kept, and asked for if changed.
                is_file = scope["path"].startswith("/static/")
                kept = "no-cache" if is_file else "no-store"
                headers.setdefault("Cache-Control", kept)
            async with asyncio.timeout(_GUARD.stuck_s):
                await send(message)

        answer = self._refusal(scope) or self._asked(scope) or self._answered
        # The server closes the connection of an unfinished response.
        with suppress(TimeoutError):
            await answer(scope, receive, send_guarded)

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, unless it has too many requests."""
        if self._num_requests >= self._max_requests:
            busy = PlainTextResponse(
                "Too many requests at once.\n", 503, {"Retry-After": "5"}
            )
            return await busy(scope, receive, send)
        self._num_requests += 1
        try:
            return await self._app(scope, receive, send)
        finally:
            self._num_requests -= 1

    def _refusal(self, scope: Scope) -> Response | None:
        """Return the answer to a request of another site, or for another name."""
        headers = Headers(scope=scope)
        other_site = headers.get("sec-fetch-site") in ("cross-site", "same-site")
        if other_site and not (scope["method"] == "GET" and scope["path"] == "/"):
            return PlainTextResponse("Not for other sites.\n", 403)
        if self._token is None:
            name = headers.get("host", "").rpartition(":")[0] or headers.get("host")
            if name not in self._hosts:
                return PlainTextResponse("Ask for localhost, or set a token.\n", 403)
        return None

    def _asked(self, scope: Scope) -> Response | None:
        """Return the answer to one that may not see the page; `None` if it may."""
        if self._token is None:
            return None
        shown = _shown(scope, self._cookie)
        if not any(self._is_token(token) for token in shown):
            return self._unknown(scope, was_wrong=any(shown))
        if scope["path"] == "/" and _in_query(scope):
            return self._welcome()
        return None

    def _unknown(self, scope: Scope, *, was_wrong: bool) -> Response:
        if was_wrong:
            self._wrong.add(scope["client"][0] if scope.get("client") else "unknown")
        accepted = Headers(scope=scope).get("accept", "")
        if scope["path"] == "/" and "text/html" in accepted:
            return signin.page(was_wrong=was_wrong)
        return PlainTextResponse(
            "This page needs the link with the token that edge-digits printed.\n",
            401,
            {"WWW-Authenticate": "Bearer"},
        )

    def _welcome(self) -> Response:
        """Move the token from the link to a cookie, so that nobody reads it there."""
        answer = RedirectResponse("./", 303)
        answer.set_cookie(
            self._cookie,
            self._token or "",
            _GUARD.cookie_s,
            httponly=True,
            samesite="lax",
        )
        return answer

    def _is_token(self, shown: str) -> bool:
        return hmac.compare_digest(shown.encode(), (self._token or "").encode())


class WrongTokens:
    """Tells the log who shows wrong tokens, at most once in a while.

    The tokens themselves are not told: one may be right but for a letter.
    """

    def __init__(self) -> None:
        """Start with none."""
        self._counts: Counter[str] = Counter()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, client: str) -> None:
        """Count one of a client; the first is told at once, others together later."""
        known = client in self._counts or len(self._counts) < _GUARD.most_logged
        self._counts[client if known else "others"] += 1
        if self._timer is None:
            self._tell()

    def _tell(self) -> None:
        self._timer = None
        if not self._counts:
            return
        counts = ", ".join(f"{n} from {who}" for who, n in self._counts.most_common())
        log.warning("wrong tokens for the web page: %s", counts)
        self._counts.clear()
        self._timer = asyncio.get_running_loop().call_later(
            _GUARD.log_every_s, self._tell
        )


def _shown(scope: Scope, cookie: str) -> list[str]:
    """Return every token that a request shows: in its link, a header or a cookie."""
    headers = Headers(scope=scope)
    kind, _, bearer = headers.get("authorization", "").partition(" ")
    cookies = cookie_parser(headers.get("cookie", ""))
    return [
        *_in_query(scope),
        *([bearer] if kind.lower() == "bearer" else []),
        *([cookies[cookie]] if cookie in cookies else []),
    ]


def _in_query(scope: Scope) -> list[str]:
    given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [])
    # The form takes the whole link, too.
    return [text.strip().rpartition("token=")[2] for text in given]
