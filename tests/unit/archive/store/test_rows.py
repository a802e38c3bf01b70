"""A page's rows: its own, and one a number or a field."""

import pytest
from needed import need

need("pyarrow", reason="needs the extra archive")

from edge_app.archive.store import rows
from edge_app.layout.grouping import Number
from edge_app.live.fields.setup import fields_of
from edge_app.live.fields.values.value import FieldReading
from edge_app.reading import Digit, Reading

DIGITS = (
    Digit((10, 5, 8, 12), 4, 0.75, alternatives=((4, 0.75), (9, 0.25))),
    Digit((20, 5, 8, 12), 2, 0.5),
)
NUMBER = Number("42", (10, 5, 18, 12), digits=(0, 1))
FIRST, SECOND = fields_of(
    {name: {"place": [0, 0, 1, 1]} for name in ("first", "second")}
)


def reading(**more):
    return Reading(100, 60, DIGITS, (NUMBER,), (), {}, **more)


def rows_of(found):
    return rows.of_reading(3, "/scans/a.png", 2, found, milliseconds=1.5)


def test_a_page_comes_before_its_numbers():
    page, number = rows_of(reading())
    assert page == {
        "kind": "page", "file": 3, "path": "/scans/a.png", "page": 2, "status": "ok",
        "width": 100, "height": 60, "rotation": 0, "num_numbers": 1,
        "milliseconds": 1.5,
    }  # fmt: skip
    assert (number["kind"], number["file"], number["page"]) == ("number", 3, 2)
    assert (number["text"], number["box_xywh"]) == ("42", NUMBER.box_xywh)
    assert number["confidence"] == 0.5  # of the least sure digit
    assert [digit["label"] for digit in number["digits"]] == [4, 2]
    assert number["digits"][0]["alternatives"] == [
        {"label": 4, "share": 0.75}, {"label": 9, "share": 0.25}
    ]  # fmt: skip


def test_each_field_has_a_row_whether_it_was_read_or_not():
    corners = (0, 0), (30, 0), (30, 20), (0, 20)
    fields = (
        FieldReading(FIRST, fault="unreadable: no digits", corners_xy=corners),
        FieldReading(SECOND, "42", confidence=0.5, value=4.2, corners_xy=corners),
    )
    page, first, second = rows_of(reading(fields=fields))
    assert page["num_numbers"] == 2
    assert (first["field"], first["text"], first["digits"]) == ("first", "", [])
    assert (first["value"], first["confidence"]) == (None, 0.0)
    assert first["fault"] == "unreadable: no digits"
    assert (second["field"], second["text"], second["value"]) == ("second", "42", 4.2)
    assert second["box_xywh"] == (0, 0, 30, 20)  # its place, not the number's


@pytest.mark.parametrize(
    ("rotation", "box_xywh"),
    [(0, (10, 0, 30, 20)), (90, (0, 20, 20, 30)), (180, (60, 40, 30, 20)),
     (270, (80, 10, 20, 30))],
)  # fmt: skip
def test_a_field_lies_on_the_page_as_it_came(rotation, box_xywh):
    corners = (10, 0), (40, 0), (40, 20), (10, 20)  # on the page, upright
    field = FieldReading(FIRST, "42", confidence=0.5, corners_xy=corners)
    (found,) = rows.read_in(reading(rotation=rotation, fields=(field,)))
    assert found.box_xywh == box_xywh


def test_a_fault_is_one_line():
    row = rows.of_fault(3, "a.png", 1, "damaged", "torn;\n  copy it anew", sha256="ab")
    assert (row["status"], row["error"]) == ("damaged", "torn; copy it anew")
    assert (row["num_numbers"], row["sha256"]) == (0, "ab")


def test_rows_that_were_changed_later_are_not_as_written():
    table = rows.table(rows_of(reading()))
    assert table.schema == rows.ROWS_SCHEMA
    assert rows.is_as_written(table)
    assert not rows.is_as_written(table.slice(1))
    assert not rows.is_as_written(table.replace_schema_metadata(None))
    assert not rows.is_as_written(table.append_column("more", table["text"]))
