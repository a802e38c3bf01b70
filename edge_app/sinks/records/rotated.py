"""A file of lines that outlives power cuts and never fills the disk.

`logging.handlers.RotatingFileHandler` neither syncs, nor mends a line that was cut
short, nor notices that its file was moved away.
"""

import errno
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import BinaryIO

from edge_app.common import files

# A torn line is looked for in this much of the end.
_LONGEST_LINE_BYTES = 1 << 20


@dataclass(frozen=True)
class Format:
    """Format of a record's lines, which tells it from other people's files.

    Attributes:
        name: What messages call it.
        header: First line of each file, `""` for none.
        is_line: Whether a line but the header, without its break, may be one of them.
        is_torn: Whether text without a line break may be what is left of a first line.
        earlier: Formats of the same record as it was before: a file in one of these is
            renamed, as a full one is, and the next one begun.
    """

    name: str = "text"
    header: str = ""
    is_line: Callable[[str], bool] = lambda _: True
    is_torn: Callable[[str], bool] = lambda _: True
    earlier: tuple["Format", ...] = ()


_ANY = Format()


class RotatedFile:
    """Lines appended to a file, which is renamed to `NAME.1` when it is full.

    Every line is handed to the system at once, so that a crash of this program loses
    none, and is forced onto the disk at most every `sync_s` seconds, since cards wear
    out. When the file is renamed, deleted or emptied by somebody else, the next line
    begins it anew. What is not of its format is never changed, renamed or replaced.
    """

    def __init__(
        self,
        path: Path,
        form: Format = _ANY,
        *,
        max_bytes: int = 10_000_000,
        max_files: int = 5,
        sync_s: float = 1.0,
    ) -> None:
        """Open the file, without the torn last line that a power cut may have left.

        Args:
            path: The file; missing folders are made.
            form: What its lines look like.
            max_bytes: Size above which the next file is begun.
            max_files: Files that are kept, the current one included.
            sync_s: Least seconds between two times that the disk is waited for.

        Raises:
            FileExistsError: It, or one that it would be renamed to, is of another
                format.
            OSError: It cannot be written.
            ValueError: `max_bytes` or `max_files` is below 1.
        """
        if max_bytes < 1 or max_files < 1:
            raise ValueError(
                f"max_bytes and max_files of at least 1 expected, got {max_bytes} and "
                f"{max_files}"
            )
        self._path = path
        self._form = form
        self._max_bytes = max_bytes
        self._max_files = max_files
        self._sync_s = sync_s
        self._synced_at = 0.0
        self._unsynced = False
        self._check_older()
        self._open()

    def write(self, line: str) -> None:
        """Append a line; it must not hold a line break.

        Raises:
            OSError: The disk is full, or gone.
        """
        # A file's name may hold bytes that are no text.
        content = line.encode(errors="backslashreplace") + b"\n"
        if self._file.closed or self._is_elsewhere():
            self._open_anew()
        size = self._begun()
        if size > len(self._form.header) + 1 and size + len(content) > self._max_bytes:
            self._rotate()
        self._append(content)
        self.sync()

    def sync(self, *, now: bool = False) -> None:
        """Wait for the disk, unless that was done in the last `sync_s` seconds.

        Raises:
            OSError: The disk is full, or gone.
        """
        elapsed = time.monotonic() - self._synced_at
        if self._unsynced and (now or elapsed >= self._sync_s):
            os.fsync(self._file.fileno())
            self._synced_at = time.monotonic()
            self._unsynced = False

    def close(self) -> None:
        """Wait for the disk and close the file."""
        try:
            self.sync(now=True)
        finally:
            self._unsynced = False
            self._file.close()

    def _open(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if self._path.exists() and not _mended(self._path, self._form):
            self._make_room()
        self._file: FileIO = self._path.open("ab", buffering=0)
        self._begun()

    def _open_anew(self) -> None:
        with suppress(OSError):  # what was written last is lost with its disk
            self.close()
        self._open()

    def _is_elsewhere(self) -> bool:
        """Return whether the file was renamed or deleted by somebody else."""
        try:
            here = self._path.stat()
        except FileNotFoundError:
            return True
        return not os.path.samestat(here, os.fstat(self._file.fileno()))

    def _begun(self) -> int:
        """Return the file's size in bytes, once its header is there."""
        size = self._file.seek(0, os.SEEK_END)
        if size or not self._form.header:
            return size
        self._append(self._form.header.encode() + b"\n")
        return self._file.tell()

    def _append(self, content: bytes) -> None:
        size = self._file.seek(0, os.SEEK_END)
        if self._file.write(content) != len(content):
            # A full disk took a part of the line: the next one must not be glued to it.
            self._file.truncate(size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._unsynced = True

    def _check_older(self) -> None:
        for number in range(1, self._max_files):
            older = self._numbered(number)
            if older.is_file():
                with older.open("rb") as file:
                    _whole_lines(file, self._form)

    def _rotate(self) -> None:
        self._check_older()
        self.close()
        self._make_room()
        self._open()

    def _make_room(self) -> None:
        """Rename the file and those before it; the oldest is deleted."""
        if self._max_files == 1:
            self._path.unlink()
        for number in range(self._max_files - 1, 0, -1):
            newer = self._numbered(number - 1) if number > 1 else self._path
            if newer.exists():
                newer.replace(self._numbered(number))

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")


def _mended(path: Path, form: Format) -> bool:
    """Cut what follows the last line break of a record; return whether it can go on.

    After a power cut a file may also end in zeros: its new size was written, its new
    content was not. A record of an earlier format does not go on.

    Raises:
        FileExistsError: It is of another format.
        OSError: It is no file: a device may have no end, and a pipe cannot be renamed.
    """
    if (other := files.instead_of_file(path)) is not None:
        raise OSError(errno.EINVAL, f"a file expected, got {other}", str(path))
    with path.open("rb+") as file:
        found, keep = _whole_lines(file, form)
        if keep < file.seek(0, os.SEEK_END):
            file.truncate(keep)
            os.fsync(file.fileno())
    return found is form


def _whole_lines(file: BinaryIO, form: Format) -> tuple[Format, int]:
    """Return a record's format, now or earlier, and the bytes of its whole lines.

    Raises:
        FileExistsError: It is of another format.
    """
    for known in (form, *form.earlier):
        num_bytes = _whole_bytes(file, known)
        if num_bytes is not None:
            return known, num_bytes
    reason = (
        f"it is no {form.name} record of this program and stays as it is; "
        "name a new file"
    )
    raise FileExistsError(errno.EEXIST, reason, file.name)


def _whole_bytes(file: BinaryIO, form: Format) -> int | None:
    """Return how many bytes from its beginning a record's whole lines take.

    `None` if it is of another format.
    """
    size = file.seek(0, os.SEEK_END)
    start = max(0, size - _LONGEST_LINE_BYTES)
    file.seek(start)
    whole, _, _ = file.read().partition(b"\0")
    keep = whole.rfind(b"\n") + 1
    file.seek(0)
    first, is_whole, _ = file.read(_LONGEST_LINE_BYTES).partition(b"\n")
    if is_whole:
        last = whole[:keep].removesuffix(b"\n").rpartition(b"\n")[2]
        is_ours = _is_first(_text(first), form) and (
            start + keep == len(first) + 1 or form.is_line(_text(last))
        )
    else:
        is_ours = size <= _LONGEST_LINE_BYTES and _is_torn(first, form)
    return start + keep if is_ours else None


def _is_first(line: str, form: Format) -> bool:
    return line == form.header if form.header else form.is_line(line)


def _is_torn(content: bytes, form: Format) -> bool:
    text, _, rest = content.partition(b"\0")
    if rest.strip(b"\0"):  # no power cut leaves that
        return False
    return form.header.startswith(_text(text)) or form.is_torn(_text(text))


def _text(line: bytes) -> str:
    return line.decode(errors="replace")
