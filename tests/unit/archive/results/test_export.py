"""Tables of what was read, as a person corrected it."""

import csv
import json

import pytest
from needed import need

need("distributed", reason="needs the extra archive")

import pyarrow.parquet as pq

from edge_app.archive.results import corrections
from edge_app.archive.results.corrections import CorrectedNumber
from edge_app.archive.results.export import export
from edge_app.archive.store import rows
from edge_app.archive.store.stored import Store
from edge_app.common.errors import ArchiveError


def exported(task, folder, style):
    """The rows of each table, by its name."""
    counts = export(task.store, task.fingerprint, folder, style)
    found = {}
    for path, count in counts.items():
        lines = path.read_text(encoding="utf-8").splitlines()
        table = (
            list(csv.DictReader(lines))
            if style == "csv"
            else [json.loads(line) for line in lines]
        )
        assert len(table) == count
        found[path.name.removesuffix(f".{style}")] = table
    return found


def read_rows(task, kind):
    parts = task.store.parts(task.fingerprint).values()
    found = [row for part in parts for row in pq.read_table(part).to_pylist()]
    return [row for row in found if row["kind"] == kind]


def corrected(task, row, text):
    place = (row[name] for name in ("file", "page", "number"))
    return CorrectedNumber(task.fingerprint, *place, row["path"], text)


def test_all_that_was_read_is_in_it(finished, tmp_path):
    tables = exported(finished, tmp_path / "tables", "jsonl")
    pages, numbers = (read_rows(finished, kind) for kind in (rows.PAGE, rows.NUMBER))
    assert [row["path"] for row in tables["pages"]] == [row["path"] for row in pages]
    for row, read in zip(tables["numbers"], numbers, strict=True):
        assert (row["text"], row["read_as"]) == (read["text"], read["text"])
        assert row["is_checked"] is False
        assert row["digits"] == read["digits"]
        assert "kind" not in row


def test_a_table_for_a_spreadsheet_says_the_same(finished, tmp_path):
    flat = exported(finished, tmp_path, "csv")["numbers"]
    whole = exported(finished, tmp_path, "jsonl")["numbers"]
    assert list(flat[0]) == list(whole[0])
    for row, same in zip(flat, whole, strict=True):
        assert json.loads(row["digits"]) == same["digits"]
        assert json.loads(row["box_xywh"]) == same["box_xywh"]
        assert row["text"] == same["text"]
        assert float(row["confidence"]) == same["confidence"]


def test_what_a_person_says_stands_in_it(finished, tmp_path):
    first, second, *_ = read_rows(finished, rows.NUMBER)
    said = corrected(finished, first, "0042"), corrected(finished, second, "")
    corrections.take(finished.store, said)
    table = exported(finished, tmp_path, "jsonl")["numbers"]
    assert (table[0]["text"], table[0]["read_as"]) == ("0042", first["text"])
    assert [row["is_checked"] for row in table] == [True] + [False] * (len(table) - 1)
    assert len(table) == len(read_rows(finished, rows.NUMBER)) - 1  # one was none


def test_of_a_damaged_archive_there_is_no_table(finished, tmp_path):
    path = finished.store.part(1, finished.fingerprint)
    path.write_bytes(path.read_bytes()[:200])
    old = tmp_path / "old"
    old.mkdir()
    (old / "pages.csv").write_text("of yesterday")
    for folder in (old, tmp_path / "new"):
        with pytest.raises(ArchiveError, match="a part cannot be read"):
            export(finished.store, finished.fingerprint, folder, "csv")
    assert [path.read_text() for path in old.iterdir()] == ["of yesterday"]
    assert not (tmp_path / "new").exists()


def test_an_archive_of_nothing_has_empty_tables(finished, tmp_path):
    empty = Store(tmp_path / "empty")
    for path in (empty.manifest, empty.settings(finished.fingerprint)):
        path.parent.mkdir(parents=True, exist_ok=True)
        name = path.relative_to(empty.folder)
        path.write_bytes((finished.store.folder / name).read_bytes())
    written = export(empty, finished.fingerprint, tmp_path / "tables", "csv")
    assert set(written.values()) == {0}
    assert {path.read_text() for path in written} == {""}
