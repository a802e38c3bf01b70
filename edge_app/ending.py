"""How a process that reads live ends: by Ctrl-C and SIGTERM at any moment, in time.

Before there is anything to finish a signal ends the process at once. While readings are
written it only sets an event, and what still hangs after a while is left behind.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:  # imported first of all, so it should take no time
    import threading

INTERRUPTED = 130  # what shells report for a program ended by Ctrl-C
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_LONGEST_S = 1.8  # from the signal on; 2 s are promised


def leave_when_told() -> None:
    """Make SIGINT and SIGTERM end the process at once, with status 0."""
    for each in _SIGNALS:
        signal.signal(each, lambda *_: os._exit(0))


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


@contextmanager
def orderly() -> Iterator["threading.Event"]:
    """An event that SIGINT and SIGTERM set within the block.

    Where the block is not over 1.8 s after the first of them the process ends, whatever
    its main thread waits for: a pipe that nobody reads, a screen that does not answer.
    """
    import socket
    import threading

    stopped, over = threading.Event(), threading.Event()
    # Python's own handlers have to wait until the main thread leaves a C function.
    here, there = socket.socketpair()
    there.setblocking(False)

    def watch() -> None:
        while number := here.recv(1):
            if number[0] in _SIGNALS:
                stopped.set()
                if not over.wait(_LONGEST_S):
                    os._exit(0)

    watching = threading.Thread(target=watch, name="ending", daemon=True)
    watching.start()
    before_fd = signal.set_wakeup_fd(there.fileno(), warn_on_full_buffer=False)
    before = {each: signal.signal(each, lambda *_: stopped.set()) for each in _SIGNALS}
    try:
        yield stopped
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
        signal.set_wakeup_fd(before_fd)
        over.set()
        there.close()
        watching.join()
        here.close()
