"""Ports of this machine: free ones, and such with a server."""

import secrets
import socket
import threading
from contextlib import contextmanager, suppress


def free_port():
    """One that stays free: the system gives none of these to who asks for any."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@contextmanager
def serving(serve):
    """The port of a server that gives one connection after the other to a function."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def work():
            with suppress(OSError):  # closed
                while True:
                    connection, _ = server.accept()
                    with connection, suppress(OSError):
                        serve(connection)

        threading.Thread(target=work, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
