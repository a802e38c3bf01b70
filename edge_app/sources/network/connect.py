"""A connection to an HTTP server, and in one line why there is none."""

import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message
from typing import IO, Any

from edge_app.common.errors import CameraError, in_words
from edge_app.sources.network.urls import login, percent_encoded, without_password

_HTTP_UNAUTHORIZED = 401
_TLS_ALERT = "\x15\x03"


@dataclass(frozen=True)
class ConnectionLimits:
    """Limits of what a server may send, and of how long it may be silent.

    Attributes:
        silence_s: After which it is given up.
        most_picture_bytes: Of one picture: more than 64 megapixels need.
        most_shown: Characters that a message shows of what came instead of an answer.
    """

    silence_s: float = 3.5
    most_picture_bytes: int = 32 * 2**20
    most_shown: int = 40


CONNECTION = ConnectionLimits()


def connect(url: str) -> http.client.HTTPResponse:
    """Return the server's answer to a request for `url`, headers read.

    Raises:
        CameraError: Nobody answers, or with an error.
    """
    shown, known = without_password(url), login(url)
    try:
        asked = percent_encoded(shown)
        try:
            return _open(asked)
        except urllib.error.HTTPError as error:
            if error.code != _HTTP_UNAUTHORIZED:
                raise
            demands = _known_demands(error.headers)
            if known is None or not demands:
                raise CameraError(f"{shown}: {_why_no_login(url, demands)}") from error
            return _logged_in(asked, demands, known)
    except urllib.error.HTTPError as error:
        if error.code == _HTTP_UNAUTHORIZED:
            message = "the server refuses this user and password"
        else:
            message = f"the server says {error.code} {error.reason}"
        raise CameraError(f"{shown}: {message}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise CameraError(f"{shown}: {_why_no_answer(error)}") from error


def _open(url: str, *handlers: urllib.request.BaseHandler) -> http.client.HTTPResponse:
    opener = urllib.request.build_opener(*handlers)
    response: http.client.HTTPResponse = opener.open(url, timeout=CONNECTION.silence_s)
    return response


def _demands(headers: Message) -> list[str]:
    return headers.get_all("WWW-Authenticate", [])


def _known_demands(headers: Message) -> list[tuple[str, int]]:
    """Return the ways to log in that a server offers, the best first.

    Returns:
        `digest` or `basic`, and its place among the server's.
    """
    offered = [demand.split(None, 1)[:1] for demand in _demands(headers)]
    return [
        (name, place)
        for name in ("digest", "basic")
        for place, words in enumerate(offered)
        if words and words[0].lower() == name
    ]


class _Digest(urllib.request.HTTPDigestAuthHandler):
    """Answers one of a server's demands: its base looks at the first alone."""

    def __init__(
        self, passwords: urllib.request.HTTPPasswordMgrWithDefaultRealm, place: int
    ) -> None:
        super().__init__(passwords)
        self._place = place

    def http_error_401(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
    ) -> Any:
        demand = http.client.HTTPMessage()
        for offered in _demands(headers)[self._place :]:
            demand["WWW-Authenticate"] = offered
        return super().http_error_401(req, fp, code, msg, demand)


def _logged_in(
    url: str, demands: Sequence[tuple[str, int]], known: tuple[str, str]
) -> http.client.HTTPResponse:
    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, url, *known)
    reasons = []
    for scheme, place in demands:
        # Only that one: the other takes the server's demand for an error.
        handler = (
            _Digest(passwords, place)
            if scheme == "digest"
            else urllib.request.HTTPBasicAuthHandler(passwords)
        )
        try:
            return _open(url, handler)
        except ValueError as error:  # a kind of Digest that Python does not know
            reasons.append(error)
    raise CameraError(
        f"{url}: the server asks for a login that is not known here ({reasons[0]})"
    ) from reasons[0]


def _why_no_login(url: str, demands: Sequence[tuple[str, int]]) -> str:
    if not demands:
        return "the server asks for a login of a kind other than Basic and Digest"
    prefix, _, rest = url.partition("://")
    scheme, _ = demands[0]
    return (
        f"the server asks for a login ({scheme.capitalize()}); give it in the URL, as "
        f"in {prefix}://user:password@{rest.partition('/')[0]}/..."
    )


def _why_no_answer(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    if isinstance(reason, http.client.RemoteDisconnected):
        return "hangs up without an answer; is it https:// there?"
    if isinstance(reason, http.client.BadStatusLine):
        return _not_http(str(reason))
    if isinstance(reason, ssl.SSLCertVerificationError):
        return (
            f"its certificate is not trusted ({reason.verify_message}); the variable "
            "SSL_CERT_FILE may name one that is"
        )
    if isinstance(reason, ssl.SSLError):
        return f"no TLS is spoken there ({reason.reason}); http:// expected"
    return f"does not answer ({in_words(reason)}); does the server run?"


def _not_http(line: str) -> str:
    """Return why an answer without an HTTP status line is of no use.

    Args:
        line: Its first line, as `http.client.BadStatusLine` says it.
    """
    text = line.strip("'\"").rstrip()
    if text.startswith((_TLS_ALERT, repr(_TLS_ALERT).strip("'"))):
        return "speaks TLS there; https:// expected"
    if text.startswith("RTSP"):
        return "speaks RTSP there; rtsp:// expected"
    if len(text) > CONNECTION.most_shown:
        text = text[: CONNECTION.most_shown] + "..."
    return (
        f"answers {text!r}, but not by HTTP, which begins with a line such as HTTP/1.1 "
        "200 OK; is that the camera's web port?"
    )
