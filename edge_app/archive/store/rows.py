"""What is written of a page and of a number: the columns of a part."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from edge_app.archive.work.status import Status
from edge_app.reading import Reading

VERSION = 1  # of the schema: what a later one adds, programs for this one may ignore
Row = dict[str, Any]

_BOX = pa.list_(pa.int32(), 4)  # x, y, width, height in pixels of the page
_ALTERNATIVE = pa.struct([("label", pa.int8()), ("share", pa.float32())])
_DIGIT = pa.struct(
    [
        ("label", pa.int8()),
        ("confidence", pa.float32()),
        ("box_xywh", _BOX),
        ("alternatives", pa.list_(_ALTERNATIVE)),
    ]
)
PAGE, NUMBER = "page", "number"
_BOTH = [
    pa.field("kind", pa.string(), nullable=False),
    pa.field("file", pa.int64(), nullable=False),
    pa.field("path", pa.string(), nullable=False),
    pa.field("page", pa.int32(), nullable=False),
]
_OF_A_PAGE = [
    pa.field("status", pa.string()),
    pa.field("error", pa.string()),
    pa.field("sha256", pa.string()),
    pa.field("size_bytes", pa.int64()),
    pa.field("width", pa.int32()),
    pa.field("height", pa.int32()),
    pa.field("rotation", pa.int16()),
    pa.field("milliseconds", pa.float32()),
    pa.field("num_numbers", pa.int32()),
    pa.field("same_as", pa.int64()),
]
_OF_A_NUMBER = [
    pa.field("number", pa.int32()),
    pa.field("text", pa.string()),
    pa.field("box_xywh", _BOX),
    pa.field("confidence", pa.float32()),
    pa.field("digits", pa.list_(_DIGIT)),
]
SCHEMA = pa.schema(
    [*_BOTH, *_OF_A_PAGE, *_OF_A_NUMBER],
    metadata={"edge-digits-rows": str(VERSION)},
)
_HASH = b"edge-digits-sha256"
PAGE_COLUMNS = [each.name for each in _BOTH[1:] + _OF_A_PAGE]
NUMBER_COLUMNS = [each.name for each in _BOTH[1:] + _OF_A_NUMBER]


def of_reading(
    file: int, path: str, page: int, reading: Reading, **known: Any
) -> list[Row]:
    """Return the rows of a page that was read: its own, and one a number.

    Args:
        file: The number of its file in the manifest.
        path: Of its file.
        page: From 1 on.
        reading: What was read.
        known: What else the page's row says.
    """
    row = {
        "kind": PAGE, "file": file, "path": path, "page": page, "status": "ok",
        "width": reading.width, "height": reading.height, "rotation": reading.rotation,
        "num_numbers": len(reading.numbers), **known,
    }  # fmt: skip
    return [row, *(_of_number(row, reading, n) for n in range(len(reading.numbers)))]


def of_fault(
    file: int, path: str, page: int, status: Status, error: str, **known: Any
) -> Row:
    """Return the row of a page that was not read.

    Args:
        file: The number of its file in the manifest.
        path: Of its file.
        page: From 1 on; 1 where it is not even known how many there are.
        status: What kind of fault it is.
        error: What is wrong.
        known: What else the row says.
    """
    return {
        "kind": PAGE, "file": file, "path": path, "page": page, "status": status,
        "error": " ".join(error.split()), "num_numbers": 0, **known,
    }  # fmt: skip


def table(some: Iterable[Row]) -> pa.Table:
    """Return rows as a table of `SCHEMA` with their hash; what a row lacks is null."""
    found = pa.Table.from_pylist(list(some), schema=SCHEMA)
    metadata = {**SCHEMA.metadata, _HASH: _hash(found)}
    return found.replace_schema_metadata(metadata)


def is_as_written(found: pa.Table) -> bool:
    """Return whether a table's rows are those that `table` made it of."""
    metadata = found.schema.metadata or {}
    return found.schema.equals(SCHEMA) and metadata.get(_HASH) == _hash(found)


def _hash(found: pa.Table) -> bytes:
    text = json.dumps(found.to_pylist())
    return hashlib.sha256(text.encode()).hexdigest().encode()


def _of_number(page: Row, reading: Reading, index: int) -> Row:
    number = reading.numbers[index]
    digits = [reading.digits[each] for each in number.digits]
    return {
        **{name: page[name] for name in ("file", "path", "page")},
        "kind": NUMBER,
        "number": index,
        "text": number.text,
        "box_xywh": number.box_xywh,
        "confidence": min(each.confidence for each in digits),
        "digits": [
            {
                "label": each.label,
                "confidence": each.confidence,
                "box_xywh": each.box_xywh,
                "alternatives": [
                    {"label": label, "share": share}
                    for label, share in each.alternatives
                ],
            }
            for each in digits
        ],
    }
