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
from collections.abc import Callable
from functools import partial

import segno
import uvicorn

from edge_app.common.errors import WebError
from edge_app.model import classify
from edge_app.reader import Reader
from edge_app.sinks.corrections.corrections_folder import Corrections
from edge_app.sinks.metrics import Metrics
from edge_app.sinks.records.history import History
from edge_app.sinks.sink import Update
from edge_app.sinks.web.access import token as token_file
from edge_app.sinks.web.access.guard import Guard
from edge_app.sinks.web.app import Page
from edge_app.sinks.web.feed import Feed
from edge_app.sinks.web.protocol import Connection, Idle
from edge_app.sinks.web.uploads import Photos
from edge_app.sources.pace import Player

log = logging.getLogger(__name__)

_STUCK_MS = 15_000  # after which the system gives up on a client that takes nothing
_SEND_BUFFER = 128 * 1024  # a few pictures, so that a slow client's are not old ones
_START_S = 10.0
_CLOSE_S = 1.5


class Web:
    """The live page, its readings and its metrics, over HTTP.

    Attributes:
        metrics: What `/metrics` tells.
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
        open_reader: Callable[[], Reader] = lambda: Reader(classify.load()),
        player: Player | None = None,
        history: History | None = None,
        corrections: Corrections | None = None,
    ) -> None:
        """Listen and serve.

        Args:
            host: The address to listen at; any but this machine's own needs a token.
            port: 0 for any free one.
            token: At least 16 characters; `None` for the kept one where one is needed,
                which is made at the first start.
            max_clients: Pages that may watch at once.
            open_reader: Makes the reader of the drawing pad and the photographs, when
                the first one comes.
            player: What shows a folder's pictures, if that is the source.
            history: What is told of earlier events, and of more than are shown.
            corrections: Takes what people correct; `None` where they cannot.

        Raises:
            WebError: The address cannot be listened at, or the token is too short.
        """
        if token is not None and (len(token) < token_file.LEAST or not token.isascii()):
            raise WebError(
                f"a token of at least {token_file.LEAST} ASCII characters expected, "
                f"got {len(token)}; leave it out to have one made"
            )
        self._socket = _listening(host, port)
        self.port = int(self._socket.getsockname()[1])
        self.token = token
        if token is None and not _is_loopback(host):
            self.token = token_file.kept()
        self._host = host
        self.metrics = Metrics()
        self._feed = Feed(
            earlier=history.newest() if history is not None else (),
            corrections=corrections,
        )
        page = Page(
            self._feed,
            Photos(open_reader, corrections),
            self.metrics,
            max_clients=max_clients,
            player=player,
            history=history,
            corrections=corrections,
        )
        guard = Guard(
            page.app(),
            token=self.token,
            cookie=f"edge_digits_{self.port}",
            hosts={"127.0.0.1", "localhost", "[::1]", host},
            # Two streams a page, and as many short requests.
            max_requests=4 * max_clients + 8,
        )
        self._server = uvicorn.Server(
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
        # Clients that go away in the middle are nobody's fault.
        logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
        self._thread = threading.Thread(target=self._serve, name="web", daemon=True)
        self._thread.start()
        started = time.monotonic()
        while not self._server.started and time.monotonic() - started < _START_S:
            time.sleep(0.005)
        if not self._server.started:
            raise WebError(f"the page's server did not start within {_START_S:.0f} s")

    @property
    def url(self) -> str:
        """The full link, with an address that other machines can reach if there is."""
        host = _reachable(self._host)
        link = f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"
        return link if self.token is None else f"{link}?token={self.token}"

    def announcement(self) -> str:
        """Where the page is, for the terminal; with a QR code for other machines."""
        text = f"Live page: {self.url}"
        if _is_loopback(self._host):
            return text
        code = io.StringIO()
        segno.make(self.url, error="l").terminal(code, compact=True)
        return f"{text}\n{code.getvalue().rstrip()}"

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
        """Say goodbye to every client and stop serving."""
        self._feed.close()
        self._server.should_exit = True
        self._thread.join(_CLOSE_S)
        self._socket.close()

    def _serve(self) -> None:
        async def serve() -> None:
            self._feed.serve_on(asyncio.get_running_loop())
            await self._server.serve(sockets=[self._socket])

        asyncio.run(serve())


def _listening(host: str, port: int) -> socket.socket:
    """A listening socket.

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
        raise WebError(f"{host}:{port}: no address to listen at ({error})") from error
    try:
        if sys.platform != "win32":  # there, it lets two programs share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Connections inherit these.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        if sys.platform == "linux":
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _STUCK_MS)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise WebError(
                f"port {port} of {host} is in use; end the other program or take "
                "another port"
            ) from error
        raise WebError(f"{host}:{port}: {error.strerror}") from error
    return listener


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _reachable(host: str) -> str:
    """An address of this machine for one that means all of its addresses."""
    if host not in ("0.0.0.0", "::", ""):
        return host
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            # Nothing is sent; the system only picks the way there (RFC 5737's example).
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
    except OSError:  # no network yet
        return socket.gethostname()
