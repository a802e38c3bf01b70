"""Files read in child processes, where one of them may end its reader."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from typing import Any

import psutil

from edge_app.archive.listing.fingerprint import ArchiveSettings
from edge_app.archive.store import rows
from edge_app.archive.store.rows import Row
from edge_app.archive.store.shards import Line
from edge_app.common.errors import ArchiveError

_LOOKS_S = 0.05  # between two looks at a child's memory
_LOOKS_FOR_PARENT_S = 0.5
_TOO_SLOW = -signal.SIGALRM  # how `work` ends a process that takes too long


def read(settings: ArchiveSettings, lines: Sequence[Line]) -> Iterator[list[Row]]:
    """Yield the rows of each file; a file that ends the child gets status `crashed`.

    Args:
        settings: Their limits hold for each child.
        lines: The files.

    Raises:
        ArchiveError: A child cannot even begin.
    """
    child: _FileByFileReader | None = None
    done: list[list[Row]] = []
    try:
        for line in lines:
            if child is None:
                child = _FileByFileReader(settings, done)
            found = child.read(line)
            if found is None:
                found = [_crashed(line, child, settings)]
                child = None
            else:
                done.append(found)
            yield found
    finally:
        if child is not None:
            child.end()


class _FileByFileReader:
    """A process that reads one file after the other."""

    def __init__(self, settings: ArchiveSettings, done: Sequence[list[Row]]) -> None:
        self._limit_bytes = settings.memory_limit_bytes
        self.is_too_large = False
        self._pipe, theirs = Pipe()
        command = [sys.executable, "-m", "edge_app.archive.store.recover"]
        with theirs:
            self._process = subprocess.Popen(
                [*command, str(theirs.fileno()), str(os.getpid())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        if self._asked((settings, done)) is None:
            raise ArchiveError(
                f"a process for files that may crash ended as it began, with status "
                f"{self.end()}; is its memory limit too low?"
            )

    def read(self, line: Line) -> list[Row] | None:
        """Return a file's rows; `None` where the child ended over it."""
        found: list[Row] | None = self._asked(line)
        return found

    def _asked(self, question: object) -> Any:
        """Return the child's answer; `None` where it ended over it."""
        try:
            self._pipe.send(question)
            while not self._pipe.poll(_LOOKS_S):
                self._look()
            return self._pipe.recv()
        except (EOFError, ConnectionError):
            return None

    def _look(self) -> None:
        """Kill the child if it takes too much memory."""
        with suppress(psutil.NoSuchProcess):
            taken = psutil.Process(self._process.pid).memory_info().rss
            if taken > self._limit_bytes:
                self.is_too_large = True
                self._process.kill()

    def end(self) -> int:
        """End the child, unless it has; returns its status."""
        self._pipe.close()
        return self._process.wait()


def _crashed(line: Line, child: _FileByFileReader, settings: ArchiveSettings) -> Row:
    status = child.end()
    if child.is_too_large:
        reason = f"took more than {settings.memory_limit_bytes / 1e6:.0f} MB"
    elif status == _TOO_SLOW:
        reason = f"took longer than {settings.time_limit_s:g} s"
    elif status < 0:
        reason = f"ended its process by {signal.Signals(-status).name}"
    else:
        reason = f"ended its process with status {status}"
    fault = f"{line.path}: {reason}"
    return rows.of_fault(line.file, line.path, 1, "crashed", fault)


def _read_for(pipe: Connection) -> None:
    """Read what the parent names, until it ends."""
    from edge_app.archive.work.workers import FileReader

    settings, done = pipe.recv()
    reader = FileReader(settings)
    for found in done:
        reader.remember(found)
    pipe.send("ready")
    while True:
        pipe.send(reader.read(pipe.recv()))


def _end_without(parent: int) -> None:
    """End this process once its parent has: nobody else looks at its memory then."""
    while os.getppid() == parent:
        time.sleep(_LOOKS_FOR_PARENT_S)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_without, args=[int(sys.argv[2])], daemon=True).start()
    with suppress(EOFError, ConnectionError):  # the parent has ended
        _read_for(Connection(int(sys.argv[1])))
