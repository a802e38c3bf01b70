"""The files of an archive's folder, and whose they are."""

import os

import pytest

pytest.importorskip("pyarrow", reason="the extra archive")

from edge_app.archive.store.stored import Store
from edge_app.common.errors import ArchiveError

pytestmark = pytest.mark.xdist_group("archive_work")


def test_temporary_files_of_the_dead_are_deleted(task):
    path = task.store.part(0, task.fingerprint)
    path.parent.mkdir(parents=True)
    old, new = (path.with_name(f".part-0-{n}.parquet") for n in range(2))
    for kept_path in (old, new, path):
        kept_path.write_bytes(b"")
    os.utime(old, (1, 1))
    os.utime(path, (1, 1))
    task.store.sweep()
    assert sorted(path.parent.iterdir()) == sorted([new, path])


def test_parts_are_those_of_a_fingerprint_in_the_order_of_their_shards(tmp_path):
    store = Store(tmp_path)
    assert store.parts("a1") == {}
    store.part(0, "a1").parent.mkdir()
    for number in range(20):
        store.part(7 * number % 20, "a1").touch()
        store.part(number, "b2").touch()
    (store.part(0, "a1").parent / ".part-0000001-a1.parquet").touch()
    found = store.parts("a1")
    assert list(found.items()) == [(n, store.part(n, "a1")) for n in range(20)]


def test_the_settings_that_were_written_last_are_meant(tmp_path):
    store = Store(tmp_path)
    with pytest.raises(ArchiveError, match="nothing was read into it; try: edge-di"):
        store.fingerprint()
    for age, name in enumerate(["a1b2", "a1c3", "0d4e"]):
        store.settings(name).parent.mkdir(exist_ok=True)
        store.settings(name).touch()
        os.utime(store.settings(name), (100 - age, 100 - age))
    assert store.fingerprint() == "a1b2"
    assert store.fingerprint("0") == "0d4e"
    with pytest.raises(ArchiveError, match="one of 0d4e, a1c3, a1b2 expected, got a1"):
        store.fingerprint("a1")
