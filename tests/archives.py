"""Archives that are read in a test's own process."""

from pathlib import Path

import pyarrow.dataset as ds

from edge_app.__main__ import main
from edge_app.archive.listing import listed
from edge_app.archive.store import shards
from edge_app.archive.store.shards import Line
from edge_app.archive.store.stored import Store

QUICK = ["--reader", "classic"]  # no network


def archive(*words):
    return main(["archive", *map(str, words)])


def lines_of(paths):
    """Lines of a manifest, one a path."""
    return [Line(number, 0, str(path)) for number, path in enumerate(paths)]


def last_file(scans, out, *, shard_size):
    """The last file of an archive that is not read yet, whose list is kept from now on.

    While it cannot be read the archive is not read to its end.
    """
    store = Store(out)
    out.mkdir(exist_ok=True)
    shards.update(store.manifest, listed.files(str(scans)), shard_size=shard_size)
    *_, (_, lines) = shards.grouped(store.manifest)
    return Path(lines[-1].path)


def read_rows(out):
    """All rows but what they cost, in order; fails where one is there twice."""
    fingerprint = Store(out).fingerprint()
    parts = [str(part) for part in Store(out).parts(fingerprint).values()]
    found = ds.dataset(parts).to_table().to_pylist()
    for written_row in found:
        written_row.pop("milliseconds")
    keys = [(e["kind"], e["file"], e["page"], e["number"]) for e in found]
    assert len(set(keys)) == len(keys)
    return [row for _, row in sorted(zip(keys, found, strict=True), key=str)]
