"""Silence for libraries that print what a user of ours cannot use."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import BinaryIO


@contextmanager
def quiet(*, show_if_failed: bool = False) -> Iterator[None]:
    """Nothing written to stdout and stderr in the block is seen.

    The file descriptors themselves are redirected, for the whole process: runtimes and
    converters write from C++ as well as from Python.

    Args:
        show_if_failed: Write it to stderr after all if the block raises.
    """
    _flush()
    with tempfile.TemporaryFile() if show_if_failed else _null() as kept:
        saved = {fd: os.dup(fd) for fd in (1, 2) if _is_open(fd)}
        try:
            for descriptor in saved:
                os.dup2(kept.fileno(), descriptor)
            # Python's own streams need not be those descriptors.
            with (
                open(kept.fileno(), "w", closefd=False) as text,
                redirect_stdout(text),
                redirect_stderr(text),
            ):
                yield
        except Exception:
            if show_if_failed and 2 in saved:
                kept.seek(0)
                os.write(saved[2], kept.read())
            raise
        finally:
            _flush()
            for descriptor, original in saved.items():
                os.dup2(original, descriptor)
                os.close(original)


def _null() -> BinaryIO:
    return Path(os.devnull).open("wb")


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # a program without a console has none
            stream.flush()


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
