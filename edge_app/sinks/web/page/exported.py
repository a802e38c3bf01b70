"""The history as a table for spreadsheets."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from starlette.responses import StreamingResponse

from edge_app.sinks.records.happenings import Happening

TABLE_COLUMNS = (
    "time", "source", "field", "event", "number_id", "text", "confidence", "x", "y",
    "width", "height", "corrected",
)  # fmt: skip

_FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t")  # of spreadsheets


def exported(
    happenings: Iterable[Happening], given: Callable[[str | None], str | None]
) -> StreamingResponse:
    """Return a CSV file to save: a line an event.

    Args:
        happenings: The events.
        given: What a person says that the number of a name is, if one did; empty where
            it is none.
    """
    name = datetime.now().strftime("edge-digits-%Y%m%d-%H%M%S.csv")
    return StreamingResponse(
        _lines(happenings, given),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _lines(
    happenings: Iterable[Happening], given: Callable[[str | None], str | None]
) -> Iterator[str]:
    yield _line(TABLE_COLUMNS)
    for happening in happenings:
        event, corrected = happening.event, given(happening.name)
        yield _line(
            (
                datetime.fromtimestamp(happening.when_s, UTC).isoformat(
                    "T", "milliseconds"
                ),
                _name(happening.source),
                happening.field,
                event.kind,
                event.number_id,
                event.text,
                round(event.confidence, 4),
                *event.box_xywh,
                "no digit" if corrected == "" else corrected,
            )
        )


def _name(source: str) -> str:
    """Return a source's name as a cell: a file's may be anything."""
    shown = " ".join(source.splitlines())
    shown = shown.encode(errors="backslashreplace").decode()
    return f"'{shown}" if shown.startswith(_FORMULA_BEGINNINGS) else shown


def _line(row: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(row)
    return text.getvalue()
