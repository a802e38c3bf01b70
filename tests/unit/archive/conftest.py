"""What parts of an archive are made of."""

import pytest


@pytest.fixture
def task(tmp_path):
    """What a worker is given, with the reader that needs no network."""
    pytest.importorskip("distributed", reason="needs the extra archive")
    from edge_app.archive.listing.fingerprint import ArchiveSettings
    from edge_app.archive.store.stored import Store
    from edge_app.archive.work import part
    from edge_app.cli.reader_settings import ReaderSettings

    settings = ArchiveSettings(ReaderSettings(reader="classic"))
    return part.Task(Store(tmp_path / "out"), settings, settings.fingerprint())
