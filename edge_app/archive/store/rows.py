"""The rows of pages and of numbers: the columns of a part."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds

from edge_app.archive.work.status import Status
from edge_app.common import geometry
from edge_app.common.geometry import Box
from edge_app.live.fields.values.value import FieldReading
from edge_app.reading import Digit, Reading

# Of the schema: what a later one adds, programs for this one may ignore.
ROWS_VERSION = 2
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
    pa.field("field", pa.string()),
    pa.field("value", pa.float64()),
    pa.field("fault", pa.string()),
]
ROWS_SCHEMA = pa.schema(
    [*_BOTH, *_OF_A_PAGE, *_OF_A_NUMBER],
    metadata={"edge-digits-rows": str(ROWS_VERSION)},
)
_HASH_KEY = b"edge-digits-sha256"
PAGE_COLUMNS = [column.name for column in _BOTH[1:] + _OF_A_PAGE]
NUMBER_COLUMNS = [column.name for column in _BOTH[1:] + _OF_A_NUMBER]


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
    found = read_in(reading)
    row = {
        "kind": PAGE, "file": file, "path": path, "page": page, "status": "ok",
        "width": reading.width, "height": reading.height, "rotation": reading.rotation,
        "num_numbers": len(found), **known,
    }  # fmt: skip
    return [
        row,
        *(_of_number(row, number, index) for index, number in enumerate(found)),
    ]


@dataclass(frozen=True)
class ReadNumber:
    """A number as it has a row.

    Attributes:
        text: Its digits; empty for a field in which none is read.
        box_xywh: In pixels of the page as it came; a field's is that of its place.
        digits: It is made of these.
        field: The field that it was read in.
    """

    text: str
    box_xywh: Box
    digits: tuple[Digit, ...]
    field: FieldReading | None = None


def read_in(reading: Reading) -> list[ReadNumber]:
    """Return the numbers of a page in the order of their rows.

    Where there are fields, each of them has a row, whether it was read or not.
    """
    numbers = [
        ReadNumber(
            number.text,
            number.box_xywh,
            tuple(reading.digits[n] for n in number.digits),
        )
        for number in reading.numbers
    ]
    if not reading.fields:
        return numbers
    left = iter(numbers)
    found = []
    for field in reading.fields:
        read = (
            next(left) if field.text is not None else ReadNumber("", (0, 0, 0, 0), ())
        )
        box = _unturned(field.box_xywh, reading)
        found.append(replace(read, box_xywh=box, field=field))
    return found


def _unturned(box_xywh: Box, reading: Reading) -> Box:
    """Return a box of a page that was turned, where it lies on the page as it came."""
    size_wh = reading.width, reading.height
    if reading.rotation in (90, 270):
        size_wh = size_wh[::-1]
    return geometry.turned_box(box_xywh, size_wh, geometry.back(reading.rotation))


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


def table(read: Iterable[Row]) -> pa.Table:
    """Return rows as a table of `ROWS_SCHEMA`, hashed; what a row lacks is null."""
    made = pa.Table.from_pylist(list(read), schema=ROWS_SCHEMA)
    metadata = {**ROWS_SCHEMA.metadata, _HASH_KEY: _hash(made)}
    return made.replace_schema_metadata(metadata)


def dataset(parts: Iterable[Path]) -> ds.Dataset:
    """Return parts as one dataset, in which what is damaged is an error, not a row."""
    checked = ds.ParquetFragmentScanOptions(page_checksum_verification=True)
    parquet = ds.ParquetFileFormat(default_fragment_scan_options=checked)
    return ds.dataset([str(part) for part in parts], ROWS_SCHEMA, parquet)


def is_as_written(found: pa.Table) -> bool:
    """Return whether a table's rows are those that `table` made it of.

    One of an earlier version, which has fewer columns, may be so, too.
    """
    metadata = found.schema.metadata or {}
    is_known = all(column in ROWS_SCHEMA for column in found.schema)
    return is_known and metadata.get(_HASH_KEY) == _hash(found)


def _hash(found: pa.Table) -> bytes:
    text = json.dumps(found.to_pylist())
    return hashlib.sha256(text.encode()).hexdigest().encode()


def _of_number(page: Row, number: ReadNumber, index: int) -> Row:
    field = number.field
    confidences = [digit.confidence for digit in number.digits]
    row = {
        **{name: page[name] for name in ("file", "path", "page")},
        "kind": NUMBER,
        "number": index,
        "text": number.text,
        "box_xywh": number.box_xywh,
        "confidence": min(confidences, default=0.0),
        "digits": [
            {
                "label": digit.label,
                "confidence": digit.confidence,
                "box_xywh": digit.box_xywh,
                "alternatives": [
                    {"label": label, "share": share}
                    for label, share in digit.alternatives
                ],
            }
            for digit in number.digits
        ],
    }
    if field is not None:
        confidence = field.confidence or 0.0
        row |= {"field": field.name, "value": field.value, "fault": field.fault}
        row |= {"confidence": confidence}
    return row
