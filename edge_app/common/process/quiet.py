"""Silence for libraries that print what a user of ours cannot use.

They write from C++, to file descriptors, which belong to the whole process and all its
threads. So only a process that runs a command of ours is touched: to whoever imports
`edge_app` its descriptors are his own.
"""

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

_lock = threading.Lock()
_commands = 0  # of ours that run in this process


@contextmanager
def our_process() -> Iterator[None]:
    """Mark the block as our own process, where `quiet_start` may do its work."""
    global _commands
    _commands += 1
    try:
        yield
    finally:
        _commands -= 1


@contextmanager
def quiet(*, show_if_failed: bool = False) -> Iterator[None]:
    """Hide all that the block writes to stdout and stderr.

    Not even what other threads write: only for our commands, which have none that do.

    Args:
        show_if_failed: Write it to stderr after all if the block raises. What a block
            around this one hides stays hidden.
    """
    failed = False
    with tempfile.TemporaryFile() if show_if_failed else _null() as kept:
        with _lock:
            for stream in (_OUT, _ERR):
                stream.hide(kept)
                stream.replace(kept)
        try:
            yield
        except Exception:
            failed = True
            raise
        finally:
            with _lock:
                for stream in (_OUT, _ERR):
                    stream.put_back()
                    stream.show()
            if failed and show_if_failed:
                kept.seek(0)
                _ERR.write(kept.read())


@contextmanager
def quiet_start() -> Iterator[None]:
    """Hide what a C++ library announces on stderr as it starts.

    In a process that is not ours it is: it cannot be kept from other threads' stderr.
    """
    if not _commands:
        yield
        return
    with _null() as null:
        with _lock:
            _ERR.hide(null)
        try:
            yield
        finally:
            with _lock:
                _ERR.show()


class _Stream:
    """One of the two streams, hidden for as long as anyone of several wants it."""

    def __init__(self, name: str, descriptor: int) -> None:
        self._name = name
        self._descriptor = descriptor
        self._original: int | None = None
        self._python: Any = None
        self._num_hiding = self._num_replacing = 0

    def hide(self, target: BinaryIO) -> None:
        """Send what is written to the descriptor to `target`."""
        self._flush()
        self._num_hiding += 1
        if self._num_hiding == 1 and _is_open(self._descriptor):
            self._original = os.dup(self._descriptor)
            os.dup2(target.fileno(), self._descriptor)

    def show(self) -> None:
        """Undo one `hide`; the last of them counts."""
        self._flush()
        self._num_hiding -= 1
        if self._num_hiding == 0 and self._original is not None:
            os.dup2(self._original, self._descriptor)
            os.close(self._original)
            self._original = None

    def replace(self, target: BinaryIO) -> None:
        """Send what Python writes there, too: its stream need not be the descriptor."""
        self._num_replacing += 1
        if self._num_replacing == 1:
            self._python = getattr(sys, self._name)
            text = os.fdopen(os.dup(target.fileno()), "w", errors="backslashreplace")
            setattr(sys, self._name, text)

    def put_back(self) -> None:
        """Undo one `replace`; the last of them counts."""
        self._num_replacing -= 1
        if self._num_replacing == 0:
            getattr(sys, self._name).close()
            setattr(sys, self._name, self._python)

    def write(self, content: bytes) -> None:
        """Write to the descriptor."""
        if _is_open(self._descriptor):
            os.write(self._descriptor, content)

    def _flush(self) -> None:
        if (stream := getattr(sys, self._name)) is not None:  # none without a console
            stream.flush()


_OUT, _ERR = _Stream("stdout", 1), _Stream("stderr", 2)


def _null() -> BinaryIO:
    return Path(os.devnull).open("wb")


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
