"""The rows of an archive as CSV or JSON Lines, with corrections applied."""

import csv
import json
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, Literal

from edge_app.archive.listing.fingerprint import kept
from edge_app.archive.results import corrections, search
from edge_app.archive.store import rows
from edge_app.archive.store.rows import Row
from edge_app.archive.store.stored import Store
from edge_app.common import files

ExportFormat = Literal["csv", "jsonl"]


def export(
    store: Store, fingerprint: str, folder: Path, style: ExportFormat
) -> dict[Path, int]:
    """Write a table of pages and one of numbers; both, or where one fails none.

    Numbers that a person has checked have `is_checked` and his or her text; `read_as`
    is what was read. Those that are none are left out, but not fields.

    Args:
        store: The archive.
        fingerprint: Which of its parts.
        folder: Where `pages` and `numbers` are written.
        style: How; the files' suffix.

    Returns:
        How many rows each file has.

    Raises:
        ArchiveError: The manifest or a part is damaged.
    """
    is_new = not folder.exists()
    written = {}
    try:
        with ExitStack() as tables:
            for name, found in (
                ("pages", _pages(store, fingerprint)),
                ("numbers", _numbers(store, fingerprint)),
            ):
                path = folder / f"{name}.{style}"
                temporary = tables.enter_context(files.replacing(path))
                with temporary.open("w", encoding="utf-8", newline="") as file:
                    written[path] = _write(file, found, style)
    except BaseException:
        if is_new:
            with suppress(OSError):
                folder.rmdir()
        raise
    return written


def _pages(store: Store, fingerprint: str) -> Iterator[Row]:
    for batch in search.scanned(
        store, fingerprint, rows.PAGE, columns=rows.PAGE_COLUMNS
    ):
        yield from batch.to_pylist()


def _numbers(store: Store, fingerprint: str) -> Iterator[Row]:
    known = {
        correction.place: correction
        for correction in corrections.load(store.corrections)
    }
    setup = kept(store, fingerprint).setup
    fields = {} if setup is None else {field.name: field for field in setup.fields}
    for batch in search.scanned(
        store, fingerprint, rows.NUMBER, columns=rows.NUMBER_COLUMNS
    ):
        for row in batch.to_pylist():
            number = corrections.apply(row, fingerprint, known, fields)
            if number["text"] or number["field"] is not None:
                yield number


def _write(file: IO[str], found: Iterator[Row], style: ExportFormat) -> int:
    count = 0
    table = None
    for row in found:
        count += 1
        if style == "jsonl":
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            continue
        flat = {
            name: json.dumps(value) if isinstance(value, list) else value
            for name, value in row.items()
        }
        if table is None:
            table = csv.DictWriter(file, list(flat))
            table.writeheader()
        table.writerow(flat)
    return count
