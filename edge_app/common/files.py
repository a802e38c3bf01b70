"""Files that are never half-written."""

import errno
import json
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from edge_app.common.errors import in_words

_NO_FOLDER = (errno.EEXIST, errno.ENOTDIR)  # where a folder was to be made or used


@contextmanager
def replacing(path: Path, *, mode: int | None = None) -> Iterator[Path]:
    """Yield a temporary path that replaces `path` when the block ends well.

    After an error, or a crash at any moment, `path` is what it was before. The
    temporary name keeps the suffix, since writers choose their format by it. Missing
    folders are made.

    Args:
        path: What is written.
        mode: Its permissions; `None` for a new file's usual ones.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(
        prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent
    )
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        # mkstemp's own mode is for secrets.
        temporary.chmod(0o666 & ~_umask() if mode is None else mode)
        temporary.replace(path)
    except OSError as error:
        if error.filename is None:  # a full disk does not say what it had no room for
            error.filename = str(path)
        raise
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` to `path`, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def write_json(path: Path, value: Any) -> None:
    """Write `value` to `path` as indented JSON, whole or not at all."""
    write_bytes(path, (json.dumps(value, indent=2) + "\n").encode())


def why_not(error: OSError, path: Path) -> str:
    """Return why a path cannot be read or written, in words.

    Args:
        error: What the system says.
        path: What was to be read or written.
    """
    if error.errno in _NO_FOLDER and error.strerror == os.strerror(error.errno):
        found = next((part for part in (path, *path.parents) if part.is_file()), path)
        return f"{found} is a file, a folder expected"
    return in_words(error)


def instead_of_file(path: Path) -> str | None:
    """Return what stands at a path instead of a file, in words; `None` for a file.

    Raises:
        OSError: Nothing stands there, or it may not be looked at.
    """
    mode = path.stat().st_mode
    if stat.S_ISREG(mode):
        return None
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a pipe" if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) else "a device"


def _umask() -> int:
    value = os.umask(0)
    os.umask(value)
    return value
