"""Whether an archive is whole: parts that are lost, damaged or wrong."""

import pytest
from needed import need

need("distributed", reason="needs the extra archive")

import pyarrow.parquet as pq

from edge_app.archive.results import search
from edge_app.archive.store import check, rows
from edge_app.common.errors import ArchiveError


def faults(task):
    return list(check.faults(task.store, task.fingerprint))


def test_a_finished_archive_is_well(finished):
    assert faults(finished) == []
    found = check.overview(finished.store, finished.fingerprint)
    assert found.is_well
    assert (found.num_files, found.num_shards, found.num_parts) == (4, 2, 2)


def test_a_part_that_is_missing(finished):
    finished.store.part(1, finished.fingerprint).unlink()
    assert faults(finished) == ["shard 1: not read"]
    assert not check.overview(finished.store, finished.fingerprint).is_well


def test_a_byte_of_a_part_that_has_changed_is_noticed_or_changes_no_row(finished):
    path = finished.store.part(0, finished.fingerprint)
    content = path.read_bytes()
    expected = pq.read_table(path).to_pylist()
    num_noticed = 0
    for place in range(0, len(content), 97):
        other = bytearray(content)
        other[place] ^= 0x55
        path.write_bytes(other)
        if faults(finished):
            num_noticed += 1
        else:
            assert pq.read_table(path).to_pylist() == expected
    assert num_noticed > len(content) / 97 / 3


def test_a_part_that_is_torn(finished):
    path = finished.store.part(0, finished.fingerprint)
    path.write_bytes(path.read_bytes()[:-100])
    (fault,) = faults(finished)
    assert "damaged" in fault


@pytest.mark.parametrize(
    "reading",
    [
        check.overview,
        check.quarantine,
        lambda store, fingerprint: check.forget(store, fingerprint, "ok"),
        lambda store, fingerprint: list(search.numbers(store, fingerprint, ".+")),
        lambda store, fingerprint: search.rotations(store, fingerprint, [0]),
    ],
)
def test_who_reads_a_torn_part_is_told_how_to_find_it(finished, reading):
    path = finished.store.part(1, finished.fingerprint)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(ArchiveError, match=r"archive verify .* names each"):
        reading(finished.store, finished.fingerprint)
    assert len(finished.store.parts(finished.fingerprint)) == 2


def test_a_byte_that_has_changed_is_no_other_row_to_who_reads(finished):
    path = finished.store.part(0, finished.fingerprint)
    content = path.read_bytes()
    expected = list(numbers_of(finished))
    num_noticed = 0
    for place in range(0, len(content), 97):
        other = bytearray(content)
        other[place] ^= 0x55
        path.write_bytes(other)
        try:
            assert list(numbers_of(finished)) == expected
        except ArchiveError:
            num_noticed += 1
    assert num_noticed > len(content) / 97 / 3


def changed(finished, change):
    path = finished.store.part(0, finished.fingerprint)
    found = pq.read_table(path).to_pylist()
    pq.write_table(rows.table(change(found)), path)
    return faults(finished)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda all_: [row for row in all_ if row["file"]], "1 file without a result"),
        (lambda all_: [*all_, all_[0]], "more than one result"),
        (
            lambda all_: [row for row in all_ if row["kind"] == rows.PAGE],
            "numbers are missing",
        ),
        (lambda all_: [*all_, {**all_[0], "file": 99}], "1 file not of this shard"),
        (lambda all_: [*all_, {**all_[0], "page": 3}], "pages are missing"),
    ],
)
def test_results_that_are_not_one_a_file(finished, change, fault):
    assert any(fault in problem for problem in changed(finished, change))


def test_parts_of_the_first_version_are_whole(finished):
    path = finished.store.part(0, finished.fingerprint)
    old = pq.read_table(path).drop_columns(["field", "value", "fault"])
    metadata = {**old.schema.metadata, b"edge-digits-sha256": rows._hash(old)}
    pq.write_table(old.replace_schema_metadata(metadata), path)
    assert faults(finished) == []
    assert {number["field"] for number in numbers_of(finished)} == {None}


def numbers_of(finished):
    return search.numbers(finished.store, finished.fingerprint, "[0-9]+")


def test_shards_to_read_again(finished):
    path = finished.store.part(0, finished.fingerprint)
    changed(finished, lambda all_: [{**all_[0], "status": "missing"}, *all_[1:]])
    assert check.forget(finished.store, finished.fingerprint, "damaged") == 0
    assert check.forget(finished.store, finished.fingerprint, "missing") == 1
    assert not path.exists()
    assert len(finished.store.parts(finished.fingerprint)) == 1


def test_the_killers_are_listed(finished):
    store = finished.store
    assert check.quarantine(store, finished.fingerprint) == []
    assert not store.quarantine.exists()
    changed(finished, lambda found: [{**found[0], "status": "crashed"}, *found[1:]])
    (path,) = check.quarantine(store, finished.fingerprint)
    assert store.quarantine.read_text() == f"{path}\n"
