"""The page's server, in a thread of the process that reads."""

import asyncio
import errno
import io
import ipaddress
import logging
import socket
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import segno
import uvicorn

from edge_app.common.errors import WebError, in_words
from edge_app.sinks.web.access import token as token_file
from edge_app.sinks.web.access.guard import Guard
from edge_app.sinks.web.protocol import Connection, Idle
from edge_app.sinks.web.tab import Tab, app_of

log = logging.getLogger(__name__)

_LAST_PRIVILEGED_PORT = 1023  # RFC 6335, section 6: the system ports


@dataclass(frozen=True)
class ServerLimits:
    """Limits of how long the page's server waits.

    Attributes:
        stuck_ms: After which the system gives up on a client that takes nothing.
        send_buffer_bytes: A few pictures, so that a slow client's are not old ones.
        start_s: For the server to answer.
        close_s: For clients to be told that it ends.
    """

    stuck_ms: int = 15_000
    send_buffer_bytes: int = 128 * 1024
    start_s: float = 10.0
    close_s: float = 1.5


_SERVER = ServerLimits()


class Web(Tab):
    """The live page, its readings and its metrics, over HTTP.

    Attributes:
        port: Where it listens.
        token: What a client must show; `None` on this machine alone.
        url: The full link, token and all.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 8000,
        token: str | None = None,
        max_clients: int = 32,
        tabs: Sequence[Tab] = (),
        **options: Any,
    ) -> None:
        """Listen and serve.

        Args:
            host: The address to listen at; any but this machine's own needs a token.
            port: 0 for any free one.
            token: At least 16 characters; `None` for the kept one where one is needed,
                which is made at the first start.
            max_clients: Pages that may watch at once.
            tabs: Those of several cameras, which are shown instead of this one.
            options: What else `Tab` takes.

        Raises:
            WebError: The address cannot be listened at, or the token is too short.
        """
        if token is not None and (
            len(token) < token_file.LEAST_TOKEN_LENGTH or not token.isascii()
        ):
            got = f"{len(token)}" if token.isascii() else "others, too"
            raise WebError(
                f"a token of at least {token_file.LEAST_TOKEN_LENGTH} ASCII characters "
                f"expected, got {got}; leave it out to have one made"
            )
        super().__init__(max_clients=max_clients, **options)
        self._tabs = tabs or [self]
        self._socket = _listening(host, port)
        self.port = int(self._socket.getsockname()[1])
        self.token = token
        if token is None and not _is_loopback(host):
            self.token = token_file.kept()
        self._host = host
        guard = Guard(
            app_of(tabs) if tabs else self.app(),
            token=self.token,
            cookie=f"edge_digits_{self.port}",
            hosts={"127.0.0.1", "localhost", "[::1]", host},
            # Two streams a page, and as many short requests.
            max_requests=4 * max_clients + 8,
        )
        self._server = _server_of(guard)
        self._thread = threading.Thread(target=self._serve, name="web", daemon=True)
        self._start()

    def _start(self) -> None:
        """Serve from now on.

        Raises:
            WebError: The server does not answer.
        """
        # Clients that go away in the middle are nobody's fault.
        logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
        self._thread.start()
        started = time.monotonic()
        while not self._server.started and time.monotonic() - started < _SERVER.start_s:
            time.sleep(0.005)
        if not self._server.started:
            raise WebError(
                f"the page's server did not start within {_SERVER.start_s:.0f} s"
            )

    @property
    def url(self) -> str:
        """Return the full link, with an address that others can reach if there is."""
        found = link(self._host, self.port)
        return found if self.token is None else f"{found}?token={self.token}"

    def announcement(self) -> str:
        """Return for the terminal where the page is, as a QR code for others, too."""
        text = f"Live page: {self.url}"
        if _is_loopback(self._host):
            return text
        code = io.StringIO()
        segno.make(self.url, error="l").terminal(code, compact=True)
        return f"{text}\n{code.getvalue().rstrip()}"

    def close(self) -> None:
        """Say goodbye to every client and stop serving."""
        for tab in self._tabs:
            tab._feed.close()
        self._server.should_exit = True
        self._thread.join(_SERVER.close_s)
        self._socket.close()

    def _serve(self) -> None:
        async def serve() -> None:
            for tab in self._tabs:
                tab._feed.serve_on(asyncio.get_running_loop())
            await self._server.serve(sockets=[self._socket])

        asyncio.run(serve())


def _server_of(guard: Guard) -> uvicorn.Server:
    """Return a server that says no more of itself than it must."""
    return uvicorn.Server(
        uvicorn.Config(
            guard,
            access_log=False,
            date_header=False,
            http=partial(Connection, idle=Idle()),  # type: ignore[arg-type]
            lifespan="off",
            log_config=None,
            loop="asyncio",
            server_header=False,
            timeout_graceful_shutdown=1,
            ws="none",
        )
    )


def link(host: str, port: int) -> str:
    """Return the page's link, without its token, as other machines can reach it."""
    reached = _reachable(host)
    return f"http://{f'[{reached}]' if ':' in reached else reached}:{port}/"


def _listening(host: str, port: int) -> socket.socket:
    """Return a listening socket.

    Raises:
        WebError: The port is in use, or the address is not this machine's.
    """
    if not 0 <= port <= 65535:
        raise WebError(f"a port from 0 to 65535 expected, got {port}")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        message = f"{host}:{port}: no address to listen at ({in_words(error)})"
        raise WebError(message) from error
    try:
        if sys.platform != "win32":  # there, it lets two programs share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Connections inherit these.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        listener.setsockopt(
            socket.SOL_SOCKET, socket.SO_SNDBUF, _SERVER.send_buffer_bytes
        )
        if sys.platform == "linux":
            listener.setsockopt(
                socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _SERVER.stuck_ms
            )
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise WebError(_why_not_listening(error, host, port)) from error
    return listener


def _why_not_listening(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} of {host} is in use; end the other program or take another "
            "port"
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return (
            f"{host} is no address of this machine; name one that is, or 0.0.0.0 for "
            "all of them"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return (
            f"port {port} of {host} is not for every user; take one above "
            f"{_LAST_PRIVILEGED_PORT}"
        )
    return f"{host}:{port}: {in_words(error)}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _reachable(host: str) -> str:
    """Return an address of this machine for one that means all of its addresses."""
    if host not in ("0.0.0.0", "::", ""):
        return host
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            # Nothing is sent; the system only picks the way there (RFC 5737's example).
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
    except OSError:  # no network yet
        return socket.gethostname()
