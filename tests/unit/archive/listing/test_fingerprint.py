"""What an archive is read with, and the name that this has."""

from dataclasses import replace

import pytest
from needed import need

need("distributed", reason="needs the extra archive")

from edge_app.archive.listing.fingerprint import ArchiveSettings, kept
from edge_app.archive.store.stored import Store
from edge_app.cli.reader_settings import ReaderSettings
from edge_app.common.errors import ArchiveError
from edge_app.live.fields.setup import Setup, fields_of

pytestmark = pytest.mark.xdist_group("archive_work")


def form(**table):
    return Setup(fields=fields_of({"total": table}))


def test_a_fingerprint_is_of_all_that_rows_depend_on(tmp_path):
    plain = ArchiveSettings(ReaderSettings())
    others = [
        ArchiveSettings(ReaderSettings(model="report-int8")),
        ArchiveSettings(ReaderSettings(reader="classic")),
        ArchiveSettings(ReaderSettings(printed=True)),
        ArchiveSettings(ReaderSettings(roi_xywh=(0, 0, 9, 9))),
        ArchiveSettings(ReaderSettings(rotate="auto")),
        ArchiveSettings(ReaderSettings(expect="[0-9]+")),
        ArchiveSettings(ReaderSettings(min_confidence=0.5)),
        ArchiveSettings(ReaderSettings(), dpi=300),
        ArchiveSettings(ReaderSettings(), form(place=[0, 0, 1, 1])),
        ArchiveSettings(ReaderSettings(), form(place=[0, 0, 1, 0.5])),
    ]
    assert len({item.fingerprint() for item in [plain, *others]}) == 11
    limits = ArchiveSettings(ReaderSettings(), time_limit_s=1, memory_limit_bytes=1)
    assert limits.fingerprint() == plain.fingerprint()
    for name in ("a.tflite", "b.tflite", "c.tflite"):
        (tmp_path / name).write_bytes(b"other" if name[0] == "c" else b"same")
    a, b, c = (
        ArchiveSettings(ReaderSettings(model=str(tmp_path / f"{name}.tflite")))
        for name in "abc"
    )
    assert a.fingerprint() == b.fingerprint() != c.fingerprint()


def test_settings_are_kept_beside_the_parts(tmp_path):
    store = Store(tmp_path)
    settings = ArchiveSettings(ReaderSettings(rotate="auto", roi_xywh=(1, 2, 3, 4)))
    settings.keep(store)
    assert kept(store, settings.fingerprint()) == settings
    assert store.fingerprint() == settings.fingerprint()
    assert store.fingerprint(settings.fingerprint()[:4]) == settings.fingerprint()
    with pytest.raises(ArchiveError, match="expected, got 0000"):
        store.fingerprint("0000")
    of_forms = ArchiveSettings(
        ReaderSettings(),
        replace(form(place=[0, 0, 1, 1], decimals=2), marks=((0.1, 0.1),) * 4),
    )
    of_forms.keep(store)
    assert kept(store, of_forms.fingerprint()) == of_forms
    store.settings(settings.fingerprint()).write_text("{}")
    with pytest.raises(ArchiveError, match="settings expected"):
        kept(store, settings.fingerprint())
