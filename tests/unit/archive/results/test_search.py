"""Numbers that are looked for among all that was read."""

import pytest
from needed import need

need("distributed", reason="needs the extra archive")

import pyarrow.parquet as pq

from edge_app.archive.listing.listed import Found
from edge_app.archive.results import search
from edge_app.archive.store import rows, shards
from edge_app.common.errors import ArchiveError


def numbers(task, pattern):
    return list(search.numbers(task.store, task.fingerprint, pattern))


def written(task, kind):
    """All rows of a kind, as the parts have them."""
    parts = task.store.parts(task.fingerprint).values()
    found = [row for part in parts for row in pq.read_table(part).to_pylist()]
    return [row for row in found if row["kind"] == kind]


def test_numbers_match_from_end_to_end(finished):
    texts = [row["text"] for row in written(finished, rows.NUMBER)]
    assert [row["text"] for row in numbers(finished, ".+")] == texts
    longest = max(texts, key=len)
    assert {row["text"] for row in numbers(finished, longest)} == {longest}
    assert numbers(finished, longest[1:]) == []
    assert numbers(finished, longest[:-1]) == []
    ends = longest[0], longest[-1]
    found = [row["text"] for row in numbers(finished, "|".join(ends))]
    assert found == [text for text in texts if text in ends]


def test_a_pattern_that_re2_does_not_know_is_told(finished):
    for pattern in ("(?=1)1", "[0-9"):
        with pytest.raises(ArchiveError, match="a regular expression of RE2 expected"):
            numbers(finished, pattern)


def test_a_file_that_has_changed_is_left_out_as_it_was_before(finished):
    row = written(finished, rows.NUMBER)[0]
    changed = [Found(row["path"], size_bytes=1, mtime_us=1)]
    shards.update(finished.store.manifest, changed, shard_size=2)
    expected = [
        other["text"]
        for other in written(finished, rows.NUMBER)
        if other["file"] != row["file"]
    ]
    assert 0 < len(expected) < len(written(finished, rows.NUMBER))
    assert [found["text"] for found in numbers(finished, ".+")] == expected


def test_turns_are_those_of_the_pages_of_the_files_asked_for(finished):
    path = finished.store.part(0, finished.fingerprint)
    first, *others = pq.read_table(path).to_pylist()
    pq.write_table(rows.table([first | {"rotation": 270}, *others]), path)
    last = written(finished, rows.PAGE)[-1]
    files = [first["file"], last["file"]]
    assert search.rotations(finished.store, finished.fingerprint, files) == {
        (first["file"], 1): 270,
        (last["file"], 1): 0,
    }


def test_what_was_read_with_other_settings_is_not_searched(finished):
    assert list(search.numbers(finished.store, "0123456789ab", ".+")) == []
