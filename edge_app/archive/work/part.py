"""A shard to its part, as a worker does it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from edge_app.archive.listing.fingerprint import ArchiveSettings
from edge_app.archive.store import recover, rows
from edge_app.archive.store.rows import Row
from edge_app.archive.store.shards import Line
from edge_app.archive.store.stored import Store
from edge_app.archive.work.workers import FileReader
from edge_app.common import files
from edge_app.common.errors import ArchiveError
from edge_app.common.process.quiet import our_process

FILES_COUNT, PAGES_COUNT, NUMBERS_COUNT = "files", "pages", "numbers"
Counts = Counter[str]  # files, pages, numbers, and pages by their status


@dataclass(frozen=True)
class Task:
    """All that a worker must know of what it does.

    Attributes:
        store: Where the part goes.
        settings: How files are read.
        fingerprint: Theirs, as whoever asks sees it.
    """

    store: Store
    settings: ArchiveSettings
    fingerprint: str


def write(
    task: Task, shard: int, lines: Sequence[Line], *, is_careful: bool = False
) -> Counts:
    """Read a shard into its part, which is there whole or not at all.

    Args:
        task: What is done.
        shard: Its number.
        lines: Its files.
        is_careful: Whether children read them, since one may have ended a worker.

    Returns:
        What is in the part.

    Raises:
        ArchiveError: This machine has other models or another version, or the part
            that is there is damaged.
        OSError: The part cannot be written.
    """
    part = task.store.part(shard, task.fingerprint)
    if part.exists():  # of a worker that was believed lost
        with task.store.reading_parts():
            return counts(part)
    _check(task)
    with our_process():
        found = reading(task.settings, lines, is_careful=is_careful)
        table = rows.table(row for page in found for row in page)
    _check(task)  # a model's file may have been replaced before it was loaded
    with files.replacing(part) as temporary:
        pq.write_table(table, temporary, write_page_checksum=True)
    return counts(part)


def counts(part: Path) -> Counts:
    """Return what is in a part."""
    columns = ["kind", "file", "status"]
    table = pq.read_table(part, columns=columns, page_checksum_verification=True)
    read = table.filter(pc.equal(table["kind"], rows.PAGE))
    by_status = Counter(read["status"].to_pylist())
    return by_status + Counter(
        {
            FILES_COUNT: pc.count_distinct(read["file"]).as_py(),
            PAGES_COUNT: read.num_rows,
            NUMBERS_COUNT: table.num_rows - read.num_rows,
        }
    )


def reading(
    settings: ArchiveSettings, lines: Sequence[Line], *, is_careful: bool
) -> Iterator[list[Row]]:
    """Return an iterator over the rows of each file, with the models loaded."""
    if is_careful:
        return recover.read(settings, lines)
    return map(FileReader(settings).read, lines)


def _check(task: Task) -> None:
    current = task.settings.fingerprint()
    if current != task.fingerprint:
        raise ArchiveError(
            f"a worker has other models or another version ({current}, "
            f"{task.fingerprint} expected): install the same on all machines"
        )
