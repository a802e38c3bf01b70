"""The manifest: which files there are, and in which shard each is read.

A line, once written, stays: a file keeps its shard for ever, new and changed files get
shards of their own. Files of one size come into one shard, so that it notices those of
the same content. The order of sizes is mixed, lest one shard have all the large files.
"""

import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from edge_app.archive.listing.listed import Found
from edge_app.common import files
from edge_app.common.errors import ArchiveError

MANIFEST_SCHEMA = pa.schema(
    [
        pa.field("file", pa.int64()),
        pa.field("shard", pa.int32()),
        pa.field("path", pa.string()),
        pa.field("size_bytes", pa.int64()),
        pa.field("mtime_us", pa.int64()),
    ],
    metadata={"edge-digits-manifest": "1"},
)
_FOUND = pa.schema([MANIFEST_SCHEMA.field(name) for name in Found._fields])
_LINES_AT_ONCE = 50_000  # lines that are Python's objects at a time
# Fibonacci hashing: Knuth, The Art of Computer Programming, volume 3, section 6.4.
_MIX = 0x9E3779B97F4A7C15


class Line(NamedTuple):
    """A line of the manifest.

    Attributes:
        file: Its number, from 0 on.
        shard: In which it is read.
        path: Absolute, or a URL.
    """

    file: int
    shard: int
    path: str


def update(manifest: Path, found: Iterable[Found], *, shard_size: int) -> int:
    """Add what is new to a manifest, which is made if there is none.

    Args:
        manifest: Its file.
        found: What there is now; a path that has another size or time is a new file.
        shard_size: The most files that new shards have.

    Returns:
        How many lines were added.

    Raises:
        ArchiveError: The manifest is damaged.
    """
    new = _table(found)
    known = read(manifest) if manifest.exists() else MANIFEST_SCHEMA.empty_table()
    if known.num_rows:
        keys = list(Found._fields)
        new = new.join(known.select(keys), keys, join_type="left anti")
    if not new.num_rows:
        return 0
    new = _mixed(new)
    first_shard = _next(known, "shard")
    shards = first_shard + _shards(new["size_bytes"].to_numpy(), shard_size)
    first_file = _next(known, "file")
    numbers = np.arange(first_file, first_file + new.num_rows)
    added = pa.table(
        [numbers, pa.array(shards, pa.int32()), *new.select(list(Found._fields))],
        schema=MANIFEST_SCHEMA,
    )
    with files.replacing(manifest) as temporary:
        pq.write_table(pa.concat_tables([known, added]), temporary)
    return int(added.num_rows)


def read(manifest: Path) -> pa.Table:
    """Return a manifest, as `MANIFEST_SCHEMA` says.

    Raises:
        ArchiveError: It is damaged.
    """
    with _reading(manifest):
        return pq.read_table(manifest, schema=MANIFEST_SCHEMA)


def count(manifest: Path) -> tuple[int, int]:
    """Return how many files a manifest has, and how many shards.

    Raises:
        ArchiveError: It is damaged.
    """
    with _reading(manifest):
        metadata = pq.read_metadata(manifest)
    last = metadata.num_row_groups - 1
    column = MANIFEST_SCHEMA.get_field_index("shard")
    statistics = metadata.row_group(last).column(column).statistics
    return metadata.num_rows, statistics.max + 1


def count_but(manifest: Path, done: Iterable[int]) -> int:
    """Return how many files are in other shards than these.

    Raises:
        ArchiveError: The manifest is damaged.
    """
    with _reading(manifest):
        shard = pq.read_table(manifest, columns=["shard"])["shard"]
    is_done = pc.is_in(shard, pa.array(done, pa.int32()))
    return int(pc.sum(pc.invert(is_done)).as_py())


def grouped(manifest: Path) -> Iterator[tuple[int, list[Line]]]:
    """Yield every shard's number and its lines, in order; few are in memory.

    Raises:
        ArchiveError: The manifest is damaged.
    """
    lines = itertools.chain.from_iterable(
        itertools.starmap(Line, zip(*_columns(batch), strict=True))
        for batch in _batches(manifest)
    )
    for shard, group in itertools.groupby(lines, attrgetter("shard")):
        yield shard, list(group)


def superseded(manifest: Path) -> pa.Array:
    """Return the numbers of those files that were found again, changed, later.

    Raises:
        ArchiveError: The manifest is damaged.
    """
    with _reading(manifest):
        table = pq.read_table(manifest, columns=["file", "path"])
    last = table.group_by("path").aggregate([("file", "max")])
    if last.num_rows == table.num_rows:
        return pa.array([], pa.int64())
    files = table["file"]
    is_last = pc.is_in(files, last["file_max"].combine_chunks())
    return files.filter(pc.invert(is_last)).combine_chunks()


@contextmanager
def _reading(manifest: Path) -> Iterator[None]:
    """Tell a manifest that is damaged in one line."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise ArchiveError(
            f"{manifest}: cannot be read ({error}); take it from a backup, or read "
            "into a new folder"
        ) from error


def _batches(manifest: Path) -> Iterator[pa.RecordBatch]:
    with _reading(manifest), pq.ParquetFile(manifest) as file:
        yield from file.iter_batches(
            batch_size=_LINES_AT_ONCE, columns=list(Line._fields)
        )


def _columns(batch: pa.RecordBatch) -> list[list[Any]]:
    return [column.to_pylist() for column in batch.columns]


def _table(found: Iterable[Found]) -> pa.Table:
    rows, batches = iter(found), []
    while taken := list(itertools.islice(rows, _LINES_AT_ONCE)):
        columns = map(list, zip(*taken, strict=True))
        batches.append(pa.record_batch(list(columns), schema=_FOUND))
    return pa.Table.from_batches(batches, _FOUND)


def _mixed(found: pa.Table) -> pa.Table:
    """Return files in the order in which they are read, each of them once."""
    mixed = pc.multiply(
        found["size_bytes"].cast(pa.uint64(), safe=False), pa.scalar(_MIX, pa.uint64())
    )
    order = pc.sort_indices(
        found.append_column("mixed", mixed),
        [("mixed", "ascending"), ("path", "ascending"), ("mtime_us", "ascending")],
    )
    found = found.take(order)
    is_new = np.ones(found.num_rows, bool)  # a list may name a file twice
    is_new[1:] = False
    for name in Found._fields:
        column = found[name]
        is_new[1:] |= pc.not_equal(column[1:], column[:-1]).to_numpy()
    return found if is_new.all() else found.filter(pa.array(is_new))


def _next(known: pa.Table, name: str) -> int:
    return pc.max(known[name]).as_py() + 1 if known.num_rows else 0


def _shards(sizes: NDArray[np.int64], shard_size: int) -> NDArray[np.int64]:
    """Return each file's shard, from 0 on; files of one size follow each other.

    Files of one size are parted only where they are more than one shard's.
    """
    changes = np.flatnonzero(np.diff(sizes)) + 1
    firsts = np.concatenate([[0], changes])
    lengths = np.diff(np.append(firsts, len(sizes)))
    shards = np.empty(len(sizes), np.int64)
    shard, filled = 0, 0
    for first, length in zip(firsts.tolist(), lengths.tolist(), strict=True):
        if filled and filled + length > shard_size:
            shard, filled = shard + 1, 0
        shards[first : first + length] = (
            shard + (filled + np.arange(length)) // shard_size
        )
        shard = int(shards[first + length - 1])
        filled = (filled + length - 1) % shard_size + 1
    return shards
