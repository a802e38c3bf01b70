"""The history as a table for spreadsheets."""

import asyncio
import csv
import io
import re

import pytest
from updates import event

for module in ("starlette", "uvicorn", "segno"):
    pytest.importorskip(module, reason="the extra web")

from edge_app.sinks.records.happenings import Happening
from edge_app.sinks.web.page.exported import TABLE_COLUMNS, exported

NOON_S = 1_700_000_000.25  # 2023-11-14, 22:13:20.250 UTC


def nothing_given(_name):
    return None


def table(*happenings, given=nothing_given):
    """The rows of the file, each by its columns."""

    async def content():
        answer = exported(happenings, given)
        return "".join([part async for part in answer.body_iterator])

    text = asyncio.run(content())
    assert text.encode().count(b"\n") == 1 + len(happenings)
    return list(csv.DictReader(io.StringIO(text, newline="")))


def happening(serial=1, *, source="camera 0", **more):
    return Happening(serial, NOON_S, source, event(), **more)


def test_a_file_to_save():
    answer = exported([], nothing_given)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    disposition = answer.headers["content-disposition"]
    name = r'attachment; filename="edge-digits-\d{8}-\d{6}\.csv"'
    assert re.fullmatch(name, disposition)
    assert table() == []


def test_each_event_is_a_line():
    first, second = table(happening(1, field="water"), happening(2))
    assert list(first) == list(TABLE_COLUMNS)
    assert first == {
        "time": "2023-11-14T22:13:20.250+00:00",
        "source": "camera 0",
        "field": "water",
        "event": "settled",
        "number_id": "1",
        "text": "2927",
        "confidence": "0.9877",
        "x": "100",
        "y": "61",
        "width": "150",
        "height": "40",
        "corrected": "",
    }
    assert second["field"] == ""


def test_what_a_person_says_stands_beside_what_was_read():
    said = {"a": "2921", "b": ""}.get
    rows = table(*(happening(name=name) for name in ("a", "b", "c", None)), given=said)
    assert [row["corrected"] for row in rows] == ["2921", "no digit", "", ""]


@pytest.mark.parametrize(
    ("source", "cell"),
    [
        ("=1+2.png", "'=1+2.png"),
        ("+a", "'+a"),
        ("-a", "'-a"),
        ("@a", "'@a"),
        ("\ta", "'\ta"),
        ("a\nb\rc", "a b c"),
        ("caf\udce9.png", r"caf\udce9.png"),  # a name that is no UTF-8
        ("a=b", "a=b"),
        ('a, "b".png', 'a, "b".png'),
        ("", ""),
    ],
)
def test_no_name_is_a_formula(source, cell):
    (row,) = table(happening(source=source))
    assert row["source"] == cell
