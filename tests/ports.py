"""Ports of this machine: free ones, and such with a server."""

import socket
import threading
from contextlib import contextmanager, suppress


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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
