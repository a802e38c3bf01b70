"""A file of lines that outlives power cuts and never fills the disk."""

import errno
import os
import time
from io import FileIO
from pathlib import Path

_LONGEST_LINE = 1 << 20  # bytes; a torn line is looked for in this much of the end


class RotatedFile:
    """Lines appended to a file, which is renamed to `NAME.1` when it is full.

    Every line is handed to the system at once, so that a crash of this program loses
    none, and is forced onto the disk at most every `sync_s` seconds, since cards wear
    out.
    """

    def __init__(
        self,
        path: Path,
        *,
        header: str = "",
        max_bytes: int = 10_000_000,
        max_files: int = 5,
        sync_s: float = 1.0,
    ) -> None:
        """Open the file, without the torn last line that a power cut may have left.

        Args:
            path: The file; missing folders are made.
            header: First line of each file, `""` for none.
            max_bytes: Size above which the next file is begun.
            max_files: Files that are kept, the current one included.
            sync_s: Least seconds between two times that the disk is waited for.

        Raises:
            OSError: It cannot be written.
            ValueError: `max_bytes` or `max_files` is below 1.
        """
        if max_bytes < 1 or max_files < 1:
            raise ValueError(
                f"max_bytes and max_files of at least 1 expected, got {max_bytes} and "
                f"{max_files}"
            )
        self._path = path
        self._header = header
        self._max_bytes = max_bytes
        self._max_files = max_files
        self._sync_s = sync_s
        self._synced_at = 0.0
        self._unsynced = False
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            _repair(path)
        self._open()

    def write(self, line: str) -> None:
        """Append a line; it must not hold a line break.

        Raises:
            OSError: The disk is full, or gone.
        """
        content = line.encode() + b"\n"
        if self._file.closed:  # the last rotation failed
            self._open()
        size = self._file.seek(0, os.SEEK_END)
        if size > len(self._header) + 1 and size + len(content) > self._max_bytes:
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
            self._file.close()

    def _open(self) -> None:
        self._file: FileIO = self._path.open("ab", buffering=0)
        if self._header and not self._file.seek(0, os.SEEK_END):
            self._append(self._header.encode() + b"\n")

    def _append(self, content: bytes) -> None:
        size = self._file.seek(0, os.SEEK_END)
        if self._file.write(content) != len(content):
            # A full disk took a part of the line: the next one must not be glued to it.
            self._file.truncate(size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._unsynced = True

    def _rotate(self) -> None:
        self.close()
        if self._max_files == 1:
            self._path.unlink()
        for number in range(self._max_files - 1, 0, -1):
            newer = self._numbered(number - 1) if number > 1 else self._path
            if newer.exists():
                newer.replace(self._numbered(number))
        self._open()

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")


def _repair(path: Path) -> None:
    """Cut what follows the last line break.

    After a power cut a file may also end in zeros: its new size was written, its new
    content was not.
    """
    with path.open("rb+") as file:
        size = file.seek(0, os.SEEK_END)
        start = max(0, size - _LONGEST_LINE)
        file.seek(start)
        tail = file.read()
        zeros = tail.find(b"\0")
        whole = tail[:zeros] if zeros >= 0 else tail
        keep = whole.rfind(b"\n") + 1
        if keep < len(tail):
            file.truncate(start + keep)
            os.fsync(file.fileno())
