"""What parts of an archive are made of."""

import shutil
from dataclasses import replace

import pytest


def _task(out):
    pytest.importorskip("distributed", reason="needs the extra archive")
    from edge_app.archive.listing.fingerprint import ArchiveSettings
    from edge_app.archive.store.stored import Store
    from edge_app.archive.work import part
    from edge_app.cli.reader_settings import ReaderSettings

    settings = ArchiveSettings(ReaderSettings(reader="classic"))
    return part.Task(Store(out), settings, settings.fingerprint())


@pytest.fixture
def task(tmp_path):
    """What a worker is given, with the reader that needs no network."""
    return _task(tmp_path / "out")


@pytest.fixture(scope="session")
def _read_once(tmp_path_factory):
    """An archive of two shards, read."""
    folder = tmp_path_factory.mktemp("archive")
    task = _task(folder / "out")
    import cv2
    from scans import page

    from edge_app.archive.listing import listed
    from edge_app.archive.store import shards
    from edge_app.archive.work import part

    (folder / "scans").mkdir()
    for seed in range(4):
        image = page(seed, (320, 240))
        cv2.imwrite(str(folder / "scans" / f"{seed}.png"), image)
    found = listed.files(str(folder / "scans"))
    shards.update(task.store.manifest, found, shard_size=2)
    for number, lines in shards.grouped(task.store.manifest):
        part.write(task, number, lines)
    task.settings.keep(task.store)
    return task


@pytest.fixture
def finished(_read_once, tmp_path):
    """An archive of two shards, read, for whoever changes it; its scans are shared."""
    shutil.copytree(_read_once.store.folder, tmp_path / "out")
    return replace(_read_once, store=type(_read_once.store)(tmp_path / "out"))
