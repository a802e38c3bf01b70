"""A check of what was read of an archive: whether all of it is there and whole."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from edge_app.archive.amounts import counted
from edge_app.archive.store import rows, shards
from edge_app.archive.store.shards import Line
from edge_app.archive.store.stored import Store
from edge_app.archive.work import part
from edge_app.common import files

_CHECKED_COLUMNS = ["kind", "file", "page", "num_numbers", "same_as"]


@dataclass(frozen=True)
class Overview:
    """Progress of reading an archive.

    Attributes:
        num_files: In the manifest.
        num_shards: In the manifest.
        num_parts: Shards that are read.
        counts: What is in their parts.
    """

    num_files: int
    num_shards: int
    num_parts: int
    counts: part.Counts

    @property
    def is_well(self) -> bool:
        """Return whether all is read, and every page."""
        is_read = self.num_parts == self.num_shards
        return is_read and self.counts["ok"] == self.counts[part.PAGES_COUNT]


def overview(store: Store, fingerprint: str) -> Overview:
    """Return what was read with a fingerprint's settings.

    Raises:
        ArchiveError: The manifest or a part is damaged.
    """
    num_files, num_shards = shards.count(store.manifest)
    parts = store.parts(fingerprint)
    total: part.Counts = Counter()
    with store.reading_parts():
        for path in parts.values():
            total += part.counts(path)
    return Overview(num_files, num_shards, len(parts), total)


def faults(store: Store, fingerprint: str) -> Iterator[str]:
    """Yield what is wrong: a line of the manifest without one result, a damaged part.

    Every page of a part is read, and its checksum with it.
    """
    parts = store.parts(fingerprint)
    for shard, lines in shards.grouped(store.manifest):
        path = parts.get(shard)
        if path is None:
            yield f"shard {shard}: not read"
            continue
        try:
            table = pq.read_table(path, page_checksum_verification=True)
            found = list(_faults(table, lines))
        except (pa.ArrowException, OSError, ValueError) as error:  # no UTF-8
            yield f"{path}: damaged ({error}); delete it and read again"
            continue
        for fault in found:
            yield f"{path}: {fault}; delete it and read again"


def forget(store: Store, fingerprint: str, unwanted: str) -> int:
    """Delete the parts with pages of a status, so that their shards are read again.

    Returns:
        How many there were.

    Raises:
        ArchiveError: One is damaged; none is deleted.
    """
    with store.reading_parts():
        found = [
            path
            for path in store.parts(fingerprint).values()
            if part.counts(path)[unwanted]
        ]
    for path in found:
        path.unlink()
    return len(found)


def quarantine(store: Store, fingerprint: str) -> list[str]:
    """Write the paths of the files that ended their process; return them.

    Raises:
        ArchiveError: A part is damaged.
    """
    parts = store.parts(fingerprint).values()
    paths: list[str] = []
    if parts:
        with store.reading_parts():
            found = rows.dataset(parts).to_table(
                columns=["path"], filter=ds.field("status") == "crashed"
            )
        paths = sorted(set(found["path"].to_pylist()))
    if paths or store.quarantine.exists():
        text = "".join(f"{path}\n" for path in paths)
        files.write_bytes(store.quarantine, text.encode())
    return paths


def _faults(table: pa.Table, lines: Sequence[Line]) -> Iterator[str]:
    if not rows.is_as_written(table):
        yield "other rows than were written"
        return
    found = table.select(_CHECKED_COLUMNS).to_pylist()
    pages = [row for row in found if row["kind"] == rows.PAGE]
    numbers = Counter(_page(row) for row in found if row["kind"] == rows.NUMBER)
    listed, read = {line.file for line in lines}, {row["file"] for row in pages}
    if listed - read:
        yield f"{counted(len(listed - read), 'files')} without a result"
    if read - listed:
        yield f"{counted(len(read - listed), 'files')} not of this shard"
    num_pages = Counter(row["file"] for row in pages)
    if any(row["page"] > num_pages[row["file"]] for row in pages):
        yield "pages are missing"
    if len({_page(row) for row in pages}) < len(pages):
        yield "pages with more than one result"
    expected = {
        _page(row): 0 if row["same_as"] is not None else row["num_numbers"]
        for row in pages
    }
    if any(
        numbers[key] != expected.get(key, 0) for key in expected.keys() | numbers.keys()
    ):
        yield "numbers are missing"


def _page(row: rows.Row) -> tuple[int, int]:
    return row["file"], row["page"]
