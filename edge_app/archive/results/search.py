"""Numbers that are looked for among all that were read."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from edge_app.archive.store import rows, shards
from edge_app.archive.store.stored import Store
from edge_app.common.errors import ArchiveError
from edge_app.common.geometry import Quarter

_ROWS_AT_ONCE = 16_384  # rows at a time


def scanned(
    store: Store,
    fingerprint: str,
    kind: str,
    *,
    wanted: pc.Expression | None = None,
    columns: list[str],
) -> Iterator[pa.RecordBatch]:
    """Yield rows of all parts, a batch at a time, in the order of their files.

    Files that were found again, changed, are left out as they were before.

    Args:
        store: The archive.
        fingerprint: Which parts.
        kind: `rows.PAGE` or `rows.NUMBER`.
        wanted: Which rows; `None` for all.
        columns: Which of their columns.

    Raises:
        ArchiveError: The manifest or a part is damaged.
    """
    parts = store.parts(fingerprint).values()
    if not parts:
        return
    chosen = pc.field("kind") == kind
    old = shards.superseded(store.manifest)
    if len(old):
        chosen = chosen & ~pc.field("file").isin(old)
    if wanted is not None:
        chosen = chosen & wanted
    with store.reading_parts():
        yield from rows.dataset(parts).to_batches(
            columns=columns, filter=chosen, batch_size=_ROWS_AT_ONCE
        )


def numbers(store: Store, fingerprint: str, pattern: str) -> Iterator[rows.Row]:
    """Yield the rows of numbers that a pattern matches whole.

    Args:
        store: The archive.
        fingerprint: Which parts.
        pattern: A regular expression of RE2.

    Raises:
        ArchiveError: RE2 does not know this pattern.
    """
    whole = f"^(?:{pattern})$"
    try:
        pc.match_substring_regex("", whole)
    except pa.ArrowInvalid as error:
        raise ArchiveError(
            f"{pattern}: a regular expression of RE2 expected, without look-around or "
            f"back references ({error})"
        ) from error
    wanted = pc.match_substring_regex(pc.field("text"), whole)
    for batch in scanned(
        store, fingerprint, rows.NUMBER, wanted=wanted, columns=rows.NUMBER_COLUMNS
    ):
        yield from batch.to_pylist()


def rotations(store: Store, fingerprint: str, files: list[int]) -> dict[Any, Quarter]:
    """Return the degrees clockwise by which pages of some files were turned.

    Returns:
        By the number of the file and that of the page.
    """
    wanted = pc.field("file").isin(files)
    return {
        (row["file"], row["page"]): row["rotation"]
        for batch in scanned(
            store, fingerprint, rows.PAGE, wanted=wanted,
            columns=["file", "page", "rotation"],
        )
        for row in batch.to_pylist()
    }  # fmt: skip
