"""Silence for libraries that print what a user of ours cannot use."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout


@contextmanager
def quiet(*, show_if_failed: bool = False) -> Iterator[None]:
    """Nothing written to stdout and stderr in the block is seen.

    The file descriptors themselves are redirected, for the whole process: runtimes and
    converters write from C++ as well as from Python.

    Args:
        show_if_failed: Write it to stderr after all if the block raises.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    with tempfile.TemporaryFile() as kept:
        saved = [os.dup(descriptor) for descriptor in (1, 2)]
        try:
            for descriptor in (1, 2):
                os.dup2(kept.fileno(), descriptor)
            # Python's own streams need not be those descriptors.
            with (
                open(kept.fileno(), "w", closefd=False) as text,
                redirect_stdout(text),
                redirect_stderr(text),
            ):
                yield
        except Exception:
            if show_if_failed:
                kept.seek(0)
                os.write(saved[1], kept.read())
            raise
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for descriptor, original in zip((1, 2), saved, strict=True):
                os.dup2(original, descriptor)
                os.close(original)
