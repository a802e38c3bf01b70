"""The history in a file that outlives the program: SQLite, told from other files."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common.errors import RecordError, in_words
from edge_app.common.geometry import Box
from edge_app.live.tracking.track import Event, EventKind
from edge_app.model.normalize import INPUT_SIZE
from edge_app.sinks.background import Background
from edge_app.sinks.corrections.specimen import Specimen
from edge_app.sinks.records import happenings
from edge_app.sinks.records.happenings import REMEMBERED, Happening
from edge_app.sinks.sink import Update

_MAGIC = b"SQLite format 3\0"
_APPLICATION_ID = 0x65646769  # SQLite's application_id, "edgi"
_APPLICATION_ID_AT = (
    68  # where the file's header has it: https://sqlite.org/fileformat2.html
)
_TABLE_VERSION = 1  # of the table
_CREATE = f"""
BEGIN;
PRAGMA application_id = {_APPLICATION_ID};
PRAGMA user_version = {_TABLE_VERSION};
CREATE TABLE happenings (
  serial INTEGER PRIMARY KEY, when_s REAL, source TEXT, kind TEXT, time_s REAL,
  number_id INTEGER, text TEXT, confidence REAL, x INTEGER, y INTEGER, width INTEGER,
  height INTEGER, name TEXT, field TEXT
);
CREATE TABLE pictures (
  serial INTEGER PRIMARY KEY, thumb BLOB, digits TEXT, images BLOB, picture BLOB
);
COMMIT;
"""
_INSERT = f"INSERT INTO happenings VALUES ({', '.join('?' * 14)})"
_INSERT_PICTURES = "INSERT INTO pictures VALUES (?, ?, ?, ?, ?)"
_MOST_WAITING_ROWS = 100  # events that wait for a slow card
_ROWS_A_READ = 1000  # events that are read at once, so that writing waits for nobody


class History:
    """Writes what happened, and gives back what happened last."""

    def __init__(
        self, path: Path, *, with_specimens: bool = False, most: int = 100_000
    ) -> None:
        """Open the file, or make it.

        Args:
            path: The file.
            with_specimens: Whether its newest numbers can be corrected.
            most: Events that are kept; pictures only of the newest.

        Raises:
            RecordError: It is damaged, no such history, or cannot be written.
        """
        self._path = path
        self._with_specimens = with_specimens
        self._most = most
        self._lock = threading.Lock()  # of the one connection
        self._check_is_ours()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, check_same_thread=False)
            self._begin()
        except (OSError, sqlite3.Error) as error:
            remedy = "move the file away, or name a new one"
            if not path.exists():
                remedy = "name a file in a folder that can be written"
            raise RecordError(
                f"{path}: the history cannot be opened ({in_words(error)}); {remedy}"
            ) from error
        self._thread = Background(
            self._keep, name=str(path), capacity=_MOST_WAITING_ROWS
        )
        self.lost = self._thread.lost

    def write(self, update: Update) -> bool:
        """Leave what happened for the thread."""
        new = list(happenings.of(update, after=0, with_specimens=self._with_specimens))
        if new:
            self._thread.put(new)
        return True

    def newest(self) -> list[Happening]:
        """Return the events that have pictures, the oldest first."""
        with self._lock:
            rows = self._database.execute(
                "SELECT * FROM happenings LEFT JOIN pictures USING (serial) "
                "ORDER BY serial DESC LIMIT ?",
                (REMEMBERED,),
            ).fetchall()
        return [_happening(row) for row in reversed(rows)]

    def every(self) -> Iterator[Happening]:
        """Yield all events, the oldest first, without pictures."""
        after = 0
        while True:
            with self._lock:
                rows = self._database.execute(
                    "SELECT *, NULL AS thumb, NULL AS picture FROM happenings "
                    "WHERE serial > ? ORDER BY serial LIMIT ?",
                    (after, _ROWS_A_READ),
                ).fetchall()
            if not rows:
                return
            yield from map(_happening, rows)
            after = rows[-1]["serial"]

    def close(self) -> None:
        """Wait until all is on the disk."""
        self._thread.close()
        with self._lock:
            self._database.close()

    def _check_is_ours(self) -> None:
        """Check what a file is before SQLite may change anything in it.

        Raises:
            RecordError: It is something else, or cannot be read.
        """
        try:
            with self._path.open("rb") as file:
                head = file.read(_APPLICATION_ID_AT + 4)
        except FileNotFoundError:
            return
        except OSError as error:
            raise RecordError(
                f"{self._path}: cannot be read ({error.strerror})"
            ) from error
        application_id = int.from_bytes(head[_APPLICATION_ID_AT:], "big")
        if head and not (head.startswith(_MAGIC) and application_id == _APPLICATION_ID):
            raise RecordError(
                f"{self._path}: it is no history of this program and stays as it is; "
                "name a new file"
            )

    def _begin(self) -> None:
        """Make the table, or check that what is there is whole.

        Raises:
            sqlite3.Error: It is not.
        """
        self._database.row_factory = sqlite3.Row
        if not self._path.stat().st_size:
            self._database.executescript(_CREATE)
        (version,) = self._database.execute("PRAGMA user_version").fetchone()
        if version != _TABLE_VERSION:
            raise sqlite3.DatabaseError(f"another version, {version}, wrote it")
        (verdict,) = self._database.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(f"damaged: {verdict}")

    def _keep(self, new: list[Happening]) -> None:
        with _as_os_errors(), self._lock, self._database as database:
            for happening in new:
                serial = database.execute(_INSERT, _row(happening)).lastrowid or 0
                if (pictures := _pictures(happening)) is not None:
                    database.execute(_INSERT_PICTURES, (serial, *pictures))
                for table, kept in (
                    ("happenings", self._most),
                    ("pictures", REMEMBERED),
                ):
                    database.execute(
                        f"DELETE FROM {table} WHERE serial <= ?", (serial - kept,)
                    )


@contextmanager
def _as_os_errors() -> Iterator[None]:
    """Let a full disk or a locked file be told as those of other records are."""
    try:
        yield
    except sqlite3.Error as error:
        raise OSError(0, str(error)) from error


def _row(happening: Happening) -> tuple[Any, ...]:
    event = happening.event
    what = event.kind, event.time_s, event.number_id, event.text, event.confidence
    whose = happening.name, happening.field
    return None, happening.when_s, happening.source, *what, *event.box_xywh, *whose


def _pictures(happening: Happening) -> tuple[Any, ...] | None:
    if happening.thumb is None:
        return None
    if happening.specimen is None:
        return happening.thumb, None, None, None
    images = happening.specimen.images
    side_by_side = _encoded(".png", np.hstack(images)) if images else None
    return (
        happening.thumb,
        happening.specimen.text,
        side_by_side,
        happening.specimen.picture,
    )


def _happening(row: sqlite3.Row) -> Happening:
    box: Box = row["x"], row["y"], row["width"], row["height"]
    kind = cast(EventKind, row["kind"])
    event = Event(
        kind, row["time_s"], row["number_id"], row["text"], row["confidence"], box
    )
    specimen = None
    if row["picture"]:
        images = _images(row["images"])
        specimen = Specimen(row["name"], row["digits"], images, row["picture"])
    return Happening(
        row["serial"],
        row["when_s"],
        row["source"],
        event,
        row["name"],
        row["thumb"],
        specimen,
        row["field"],
    )


def _images(content: bytes | None) -> tuple[NDArray[np.uint8], ...]:
    if content is None:
        return ()
    side_by_side = _decoded(content, cv2.IMREAD_GRAYSCALE)
    return tuple(np.hsplit(side_by_side, side_by_side.shape[1] // INPUT_SIZE))


def _encoded(suffix: str, image: NDArray[np.uint8]) -> bytes:
    return cv2.imencode(suffix, image)[1].tobytes()


def _decoded(content: bytes, how: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.imdecode(np.frombuffer(content, np.uint8), how), np.uint8)
