"""The manifest: each file has a number and a shard, which it keeps."""

import pytest
from needed import need

need("pyarrow", reason="needs the extra archive")

from edge_app.archive.listing.listed import Found
from edge_app.archive.store import shards
from edge_app.common.errors import ArchiveError


def files_of(sizes, prefix="f"):
    return [Found(f"/{prefix}{n}", size, 1) for n, size in enumerate(sizes)]


def lines(manifest):
    return {line.path: line for _, group in shards.grouped(manifest) for line in group}


def test_shards_are_as_large_as_asked_for_and_number_all_files(tmp_path):
    manifest = tmp_path / "manifest.parquet"
    assert shards.update(manifest, files_of(range(100, 195)), shard_size=10) == 95
    assert shards.count(manifest) == (95, 10)
    groups = dict(shards.grouped(manifest))
    assert list(groups) == list(range(10))
    assert [len(group) for group in groups.values()] == [10] * 9 + [5]
    assert [line.file for group in groups.values() for line in group] == list(range(95))


def test_files_of_one_size_are_in_one_shard(tmp_path):
    manifest = tmp_path / "manifest.parquet"
    found = files_of([7, 8, 9, 10] * 6)
    shards.update(manifest, found, shard_size=8)
    where = lines(manifest)
    for size in (7, 8, 9, 10):
        assert len({where[f.path].shard for f in found if f.size_bytes == size}) == 1


@pytest.mark.parametrize("shard_size", [1, 3, 20])
def test_more_files_of_one_size_than_a_shard_has(tmp_path, shard_size):
    manifest = tmp_path / "manifest.parquet"
    shards.update(manifest, files_of([5] * 20 + [6]), shard_size=shard_size)
    groups = [group for _, group in shards.grouped(manifest)]
    assert sum(map(len, groups)) == 21
    assert max(map(len, groups)) <= shard_size


def test_the_order_of_the_listing_does_not_matter(tmp_path):
    found = files_of([3, 1, 4, 1, 5, 9, 2, 6])
    shards.update(tmp_path / "a.parquet", found, shard_size=2)
    shards.update(tmp_path / "b.parquet", reversed(found), shard_size=2)
    assert lines(tmp_path / "a.parquet") == lines(tmp_path / "b.parquet")


def test_what_is_new_gets_shards_of_its_own(tmp_path):
    manifest = tmp_path / "manifest.parquet"
    old = files_of(range(10))
    shards.update(manifest, old, shard_size=4)
    before = lines(manifest)
    changed = [old[3]._replace(mtime_us=2)]
    more = files_of(range(5), prefix="new")
    assert shards.update(manifest, [*old, *more, *changed], shard_size=4) == 6
    after = [line for _, group in shards.grouped(manifest) for line in group]
    assert {line.path: line for line in after[:10]} == before
    assert min(line.shard for line in after[10:]) == 3
    assert shards.superseded(manifest).to_pylist() == [before[old[3].path].file]
    assert shards.update(manifest, [*old, *more, *changed], shard_size=4) == 0


def test_another_shard_size_counts_for_new_files_alone(tmp_path):
    manifest = tmp_path / "manifest.parquet"
    old = files_of(range(10))
    shards.update(manifest, old, shard_size=500)
    assert shards.update(manifest, old, shard_size=4) == 0
    assert shards.count(manifest) == (10, 1)
    shards.update(manifest, [*old, *files_of(range(8), prefix="new")], shard_size=4)
    assert shards.count(manifest) == (18, 3)


def test_what_is_gone_stays_in_the_manifest(tmp_path):
    manifest = tmp_path / "manifest.parquet"
    shards.update(manifest, files_of(range(4)), shard_size=4)
    assert shards.update(manifest, [], shard_size=4) == 0
    assert shards.count(manifest) == (4, 1)


def test_a_file_that_is_listed_twice(tmp_path):
    manifest = tmp_path / "manifest.parquet"
    assert shards.update(manifest, files_of([1]) * 2, shard_size=4) == 1


def test_nothing_to_read(tmp_path):
    assert shards.update(tmp_path / "manifest.parquet", [], shard_size=4) == 0
    assert not (tmp_path / "manifest.parquet").exists()


def test_a_damaged_manifest(tmp_path):
    manifest = tmp_path / "manifest.parquet"
    manifest.write_bytes(b"PAR1 torn")
    for reading in (
        lambda: shards.update(manifest, files_of([1]), shard_size=4),
        lambda: shards.count(manifest),
        lambda: shards.count_but(manifest, []),
        lambda: list(shards.grouped(manifest)),
        lambda: shards.superseded(manifest),
    ):
        with pytest.raises(ArchiveError, match=r"t: cannot be read .* from a backup"):
            reading()


def test_files_left_to_read(tmp_path):
    manifest = tmp_path / "manifest.parquet"
    shards.update(manifest, files_of(range(10)), shard_size=4)
    assert shards.count_but(manifest, []) == 10
    assert shards.count_but(manifest, [0, 2]) == 4
    assert shards.count_but(manifest, [0, 1, 2]) == 0
