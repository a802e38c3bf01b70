"""Readings as JSON Lines or CSV, on standard output or in a file."""

import csv
import io
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from edge_app.common import files
from edge_app.common.errors import RecordError
from edge_app.layout.grouping import Number
from edge_app.live.fields.values.value import FieldReading
from edge_app.live.tracking.track import Event
from edge_app.sinks.background import Background
from edge_app.sinks.records.rotated import Format, RotatedFile
from edge_app.sinks.sink import Update

_COLUMNS_WITHOUT_FIELDS = (  # what a record had where there were no fields
    "time", "source", "event", "number_id", "text", "confidence", "x", "y", "width",
    "height", "age_ms",
)  # fmt: skip
COLUMNS = (
    *_COLUMNS_WITHOUT_FIELDS, "field", "value", "previous", "unit", "fault",
)  # fmt: skip
_MOST_WAITING_LINES = 1000  # lines that wait for a slow card; a minute of frames
_JSON_BEGINS = '{"source": "'
# What every row has, of a frame, an event or a file that cannot be read.
_FRAME_KEYS = {"source", "time", "digits", "numbers", "events"}
_EVENT_KEYS = {"source", "time", "kind", "number_id", "text"}
_ERROR_KEYS = {"source", "time", "error"}


def _is_json_row(line: str) -> bool:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(row, dict) and any(
        keys <= row.keys() for keys in (_FRAME_KEYS, _EVENT_KEYS, _ERROR_KEYS)
    )


def _is_torn_json_row(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text.startswith(_JSON_BEGINS) or _JSON_BEGINS.startswith(text)
    return _is_json_row(text)


def _csv(columns: tuple[str, ...], *earlier: Format) -> Format:
    def is_row(line: str) -> bool:
        try:
            (row,) = csv.reader([line])
        except (ValueError, csv.Error):
            return False
        return len(row) == len(columns)

    header = ",".join(columns)
    return Format("CSV", header, is_row, is_torn=lambda _: False, earlier=earlier)


_CSV = _csv(COLUMNS, _csv(_COLUMNS_WITHOUT_FIELDS))
_JSON_LINES = Format("JSON Lines", is_line=_is_json_row, is_torn=_is_torn_json_row)


class _Lines:
    """Lines to standard output at once, or to a file from a thread."""

    def __init__(
        self, path: Path | None, form: Format, max_bytes: int, max_files: int
    ) -> None:
        self._thread: Background[str] | None = None
        self.lost = threading.Event()
        if path is None:
            if form.header:
                _print(form.header)
            return
        try:
            self._file = RotatedFile(
                path, form, max_bytes=max_bytes, max_files=max_files
            )
        except OSError as error:
            where = Path(error.filename or path)
            raise RecordError(
                f"{where}: cannot be written ({files.why_not(error, where)})"
            ) from error
        self._thread = Background(
            self._file.write,
            name=str(path),
            capacity=_MOST_WAITING_LINES,
            idle=self._file.sync,
        )
        self.lost = self._thread.lost

    def write(self, line: str) -> None:
        if self._thread is None:
            _print(line)
        else:
            self._thread.put(line)

    def close(self) -> None:
        if self._thread is not None:
            self._thread.close()
            with suppress(OSError):  # was logged
                self._file.close()


class JSONLines:
    """One JSON object a line: of every frame, or of every event."""

    def __init__(
        self,
        path: Path | None = None,
        *,
        events_only: bool = False,
        max_bytes: int = 10_000_000,
        max_files: int = 5,
    ) -> None:
        """Write to a file that is rotated, or to standard output.

        Args:
            path: The file, appended to; `None` for standard output.
            events_only: A line an event rather than a line a frame.
            max_bytes: Size above which the file is renamed to `NAME.1`.
            max_files: Files that are kept, the current one included.

        Raises:
            RecordError: The file cannot be written, or is no such record.
        """
        self._rows = json_events if events_only else json_frames
        self._lines = _Lines(path, _JSON_LINES, max_bytes, max_files)
        self.lost = self._lines.lost

    def write(self, update: Update) -> bool:
        """Write what an update says."""
        for row in self._rows(update):
            self._lines.write(json.dumps(row))
        return True

    def close(self) -> None:
        """Wait until every line is on the disk."""
        self._lines.close()


class CSV:
    """A line of comma-separated values for every number seen, or every event."""

    def __init__(
        self,
        path: Path | None = None,
        *,
        events_only: bool = False,
        max_bytes: int = 10_000_000,
        max_files: int = 5,
    ) -> None:
        """Write to a file that is rotated, or to standard output.

        Args:
            path: The file, appended to; `None` for standard output.
            events_only: A line an event rather than a line a number and frame.
            max_bytes: Size above which the file is renamed to `NAME.1`.
            max_files: Files that are kept, the current one included.

        Raises:
            RecordError: The file cannot be written, or is no such record.
        """
        self._events_only = events_only
        self._lines = _Lines(path, _CSV, max_bytes, max_files)
        self.lost = self._lines.lost

    def write(self, update: Update) -> bool:
        """Write what an update says."""
        for row in csv_rows(update, events_only=self._events_only):
            self._lines.write(_comma_separated(row))
        return True

    def close(self) -> None:
        """Wait until every line is on the disk."""
        self._lines.close()


def captured_at(update: Update) -> str:
    """Return when an update's frame was captured: ISO 8601, UTC, milliseconds."""
    made = datetime.fromtimestamp(update.made_s, UTC)
    when = made - timedelta(milliseconds=update.age_ms)
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def json_frames(update: Update) -> Iterator[dict[str, Any]]:
    """Yield one object: the frame's reading and what happened in it, or its fault."""
    begin = {"source": update.origin, "time": captured_at(update)}
    if update.frame.fault is not None:
        yield {**begin, "error": update.frame.fault}
        return
    yield {
        **begin,
        "time_s": round(update.frame.time_s, 3),
        "age_ms": round(update.age_ms, 1),
        **update.reading.to_dict(),
        "events": [event_dict(event) for event in update.events],
    }


def json_events(update: Update) -> Iterator[dict[str, Any]]:
    """Yield one object an event."""
    for event in update.events:
        yield {
            "source": update.origin,
            "time": captured_at(update),
            **event_dict(event),
        }


def event_dict(event: Event) -> dict[str, Any]:
    """Return an event as plain lists and numbers for JSON, rounded."""
    row = {
        "kind": event.kind,
        "time_s": round(event.time_s, 3),
        "number_id": event.number_id,
        "text": event.text,
        "confidence": round(event.confidence, 4),
        "box_xywh": event.box_xywh,
    }
    return row if event.field is None else {**row, "field": event.field.to_dict()}


def csv_rows(update: Update, *, events_only: bool) -> Iterator[list[object]]:
    """Yield one list of `COLUMNS` for each event, or for each number in the frame.

    A file without any number has one, too, and one that cannot be read says so.
    """
    # A file's name may hold line breaks, which a line of a record may not.
    begin = [captured_at(update), " ".join(update.origin.splitlines())]
    age_ms = round(update.age_ms, 1)
    if events_only:
        for event in update.events:
            what = [event.kind, event.number_id, event.text, round(event.confidence, 4)]
            yield [*begin, *what, *event.box_xywh, age_ms, *_of_field(event.field)]
        return
    for reading in update.reading.fields:
        what = ["", "", reading.text or "", round(reading.confidence or 0.0, 4)]
        yield [*begin, *what, *reading.box_xywh, age_ms, *_of_field(reading)]
    if update.reading.fields:
        return
    if update.frame.name is not None and not update.reading.numbers:
        kind = "unreadable" if update.frame.fault is not None else ""
        yield [*begin, kind, *[""] * 7, age_ms, *_of_field(None)]
    for number in update.reading.numbers:
        confidence = round(least_confidence(update, number), 4)
        what = ["", "", number.text, confidence]
        yield [*begin, *what, *number.box_xywh, age_ms, *_of_field(None)]


def _of_field(read: FieldReading | None) -> list[object]:
    if read is None:
        return [""] * (len(COLUMNS) - len(_COLUMNS_WITHOUT_FIELDS))
    known = (read.name, read.value, read.previous, read.field.unit, read.fault)
    return ["" if value is None else value for value in known]


def least_confidence(update: Update, number: Number) -> float:
    """Return the confidence of a number's least sure digit, 0..1."""
    digits = update.reading.digits
    return min(digits[index].confidence for index in number.digits)


def _comma_separated(row: list[object]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(row)
    return text.getvalue()


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
