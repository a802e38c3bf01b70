"""The end of a process that reads live: by Ctrl-C and SIGTERM at any moment, in time.

Before there is anything to finish a signal ends the process at once. Later it is only
told, and what still hangs after a while is left behind.
"""

import os
import signal
import sys
from contextlib import suppress
from typing import NoReturn, Self

INTERRUPTED = 130  # what shells report for a program ended by Ctrl-C
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_LONGEST_ENDING_S = 1.6  # from the signal on; 2 s are promised


def leave_on_signal() -> None:
    """Make SIGINT and SIGTERM end the process at once, with status 0."""
    for number in _SIGNALS:
        signal.signal(number, lambda *_: os._exit(0))


def leave(status: int = 0) -> NoReturn:
    """End the process, with all written, but without Python's own ending.

    That waits for threads, those of the page's uploads for one. And before Python 3.14
    it makes threads exit that come back from a C++ library, which then aborts the
    process: https://github.com/python/cpython/issues/87135.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # nobody reads it any more
            stream.flush()
    os._exit(status)


class Ending:
    """The effect of SIGINT and SIGTERM within a `with` block in the main thread.

    A thread looks after them, since Python's own handlers have to wait until the main
    thread comes back from a C function: from a driver that opens a camera, a pipe that
    nobody reads, a screen that does not answer.
    """

    def __init__(self) -> None:
        """Wait for a first signal."""
        # The program's first line should not have to wait for these.
        import socket
        import threading

        self._asked, self._over = threading.Event(), threading.Event()
        self._is_orderly = False
        self._here, self._there = socket.socketpair()
        self._there.setblocking(False)
        self._thread = threading.Thread(target=self._watch, name="ending", daemon=True)

    @property
    def is_asked_to_end(self) -> bool:
        """Return whether a signal came."""
        return self._asked.is_set()

    def be_orderly(self) -> None:
        """Let a signal only ask for the end: from now on there is something to finish.

        The process still ends 1.6 s after it, if the block is not over by then.
        """
        self._is_orderly = True

    def __enter__(self) -> Self:
        """Look after signals."""
        self._thread.start()
        self._before_fd = signal.set_wakeup_fd(
            self._there.fileno(), warn_on_full_buffer=False
        )
        # Without a handler of Python's, nothing is written to the socket.
        self._before = {
            number: signal.signal(number, lambda *_: None) for number in _SIGNALS
        }
        return self

    def __exit__(self, *_: object) -> None:
        """Leave signals to whom they were left before."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._before_fd)
        self._over.set()
        self._there.close()
        self._thread.join()
        self._here.close()

    def _watch(self) -> None:
        while number := self._here.recv(1):
            if number[0] not in _SIGNALS:
                continue
            if not self._is_orderly:
                os._exit(0)
            self._asked.set()
            if not self._over.wait(_LONGEST_ENDING_S):
                os._exit(0)
