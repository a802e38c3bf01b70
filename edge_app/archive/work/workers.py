"""A file to its rows, whatever is wrong with it."""

import hashlib
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache

import cv2

from edge_app.archive.listing import documents
from edge_app.archive.listing.fingerprint import ArchiveSettings
from edge_app.archive.store import rows
from edge_app.archive.store.rows import Row
from edge_app.archive.store.shards import Line
from edge_app.archive.work import page_reader
from edge_app.archive.work.page_reader import PageReader
from edge_app.archive.work.status import Status
from edge_app.common.errors import ImageDamagedError, ImageError, ImageTooLargeError

_STATUS: dict[type[Exception], Status] = {  # the first that fits
    ImageTooLargeError: "too-large",
    ImageDamagedError: "damaged",
    ImageError: "unreadable",
    MemoryError: "crashed",
}


class FileReader:
    """Reads files one after the other, those of the same content once."""

    def __init__(self, settings: ArchiveSettings) -> None:
        """Load the models.

        Raises:
            EdgeDigitsError: They cannot be.
        """
        cv2.setNumThreads(1)  # as many processes as cores read
        self._settings = settings
        self._reader = _reader(replace(settings, time_limit_s=0, memory_limit_bytes=0))
        self._pages: dict[str, list[Row]] = {}  # by the SHA-256 of their file

    def read(self, line: Line) -> list[Row]:
        """Return the rows of a file: those of its pages, each before its numbers'.

        Where one step takes longer than the settings' limit, SIGALRM ends the process:
        a decoder that hangs cannot be stopped otherwise.
        """
        try:
            with _time_limit(self._settings.time_limit_s):
                content = documents.fetch(line.path)
        except Exception as error:  # every file system has errors of its own
            reason = getattr(error, "strerror", None) or repr(error)
            fault = f"{line.path}: cannot be read ({reason})"
            return [rows.of_fault(line.file, line.path, 1, "missing", fault)]
        digest = hashlib.sha256(content).hexdigest()
        if (same := self._pages.get(digest)) is not None:
            here = {"file": line.file, "path": line.path, "milliseconds": 0.0}
            return [{**row, **here, "same_as": row["file"]} for row in same]
        known = {"sha256": digest, "size_bytes": len(content)}
        found = list(self._read(line, content, known))
        self.remember(found)
        return found

    def remember(self, found: Sequence[Row]) -> None:
        """Keep the rows of a file, so that the same content is not read again."""
        read = [row for row in found if row["kind"] == rows.PAGE]
        if "sha256" in read[0] and "same_as" not in read[0]:
            self._pages[read[0]["sha256"]] = read

    def _read(self, line: Line, content: bytes, known: Row) -> Iterator[Row]:
        try:
            with _time_limit(self._settings.time_limit_s):
                document = documents.opened(content, line.path, dpi=self._settings.dpi)
        except Exception as error:  # decoders raise anything: it is this file's row
            yield _fault(line, 1, error, known)
            return
        for index in range(document.num_pages):
            try:
                with _time_limit(self._settings.time_limit_s):
                    found = self._page(line, document, index, known)
            except Exception as error:  # as above
                found = [_fault(line, index + 1, error, known)]
            yield from found
        document.close()

    def _page(
        self, line: Line, document: documents.Document, index: int, known: Row
    ) -> list[Row]:
        started = time.perf_counter()
        picture = document.page(index)
        try:
            reading = self._reader.read(picture.image, rotate=picture.rotation or None)
        except ValueError as error:  # a region outside of this page
            raise ImageError(f"{line.path}, page {index + 1}: {error}") from error
        took_ms = 1000 * (time.perf_counter() - started)
        return rows.of_reading(
            line.file, line.path, index + 1, reading, milliseconds=took_ms, **known
        )


@lru_cache(maxsize=1)
def _reader(settings: ArchiveSettings) -> PageReader:
    """Return the reader of this process, which keeps it from shard to shard."""
    return page_reader.opened(settings)


@contextmanager
def _time_limit(limit_s: float) -> Iterator[None]:
    """End the process if the block takes longer: nothing in it handles SIGALRM."""
    signal.setitimer(signal.ITIMER_REAL, limit_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _fault(line: Line, page: int, error: Exception, known: Row) -> Row:
    status: Status = "failed"
    for kind, name in _STATUS.items():
        if isinstance(error, kind):
            status = name
            break
    text = str(error) if isinstance(error, ImageError) else repr(error)
    return rows.of_fault(line.file, line.path, page, status, text, **known)
