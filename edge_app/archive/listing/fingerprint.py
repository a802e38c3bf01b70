"""The settings that a shard's rows depend on besides its files, fingerprinted."""

import hashlib
import json
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from edge_app import __version__
from edge_app.archive.archive_settings import MEGABYTE, EngineOptions, PageOptions
from edge_app.archive.store import rows
from edge_app.archive.store.stored import Store
from edge_app.cli.reader_settings import ReaderSettings
from edge_app.common import files
from edge_app.common.errors import ArchiveError, SettingsError
from edge_app.live.fields.setup import Setup, fields_of, marks_of
from edge_app.model import classify, manifest

_APPLIED_LATER = ("min_confidence",)  # archives that were read before these still fit
_LENGTH = 12  # hexadecimal digits of a fingerprint


@dataclass(frozen=True)
class ArchiveSettings:
    """Settings by which an archive is read.

    Attributes:
        reader: How each page is read.
        setup: The fields that are read alone, with the picture or the marks that say
            where they are; `None` for all that stands on a page.
        dpi: Dots an inch that PDF pages are drawn with.
        time_limit_s: How long fetching a file, or decoding and reading a page, may
            take; no part of the fingerprint.
        memory_limit_bytes: What a child process may take in which a shard is read whose
            worker died; no part of the fingerprint.
    """

    reader: ReaderSettings
    setup: Setup | None = None
    dpi: int = PageOptions.dpi
    time_limit_s: float = EngineOptions.time_limit_s
    memory_limit_bytes: int = EngineOptions.memory_limit_mb * MEGABYTE

    def to_dict(self) -> dict[str, Any]:
        """Return what the fingerprint is of, for JSON.

        Raises:
            OSError: A model's file cannot be read.
        """
        shipped = (classify.MODELS / manifest.FILE_NAME).read_bytes()
        return {
            "program": __version__,
            "rows": rows.ROWS_VERSION,
            "shipped_models": hashlib.sha256(shipped).hexdigest(),
            "model": _name_or_hash(self.reader.model),
            "finder": _name_or_hash(self.reader.reader),
            "reader": _described(self.reader),
            "dpi": self.dpi,
            **({} if self.setup is None else {"setup": _described_setup(self.setup)}),
        }

    def fingerprint(self) -> str:
        """Return twelve hexadecimal digits that stand for all that rows depend on."""
        basis = self.to_dict()
        # By content, wherever a file lies.
        basis["reader"] = {**basis["reader"], "model": None, "reader": None}
        if self.setup is not None:
            basis["setup"] = {**basis["setup"], "reference": None}
        text = json.dumps(basis, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]

    def keep(self, store: Store) -> None:
        """Write what this fingerprint stands for into an archive, as its newest."""
        path = store.settings(self.fingerprint())
        files.write_json(path, self.to_dict())


def kept(store: Store, fingerprint: str) -> ArchiveSettings:
    """Return the settings that parts of an archive were read with.

    Raises:
        ArchiveError: The file that says so is damaged.
    """
    path = store.settings(fingerprint)
    try:
        basis = json.loads(path.read_text(encoding="utf-8"))
        reader = ReaderSettings(
            **{
                option.name: basis["reader"][option.name]
                for option in fields(ReaderSettings)
                if option.name not in _APPLIED_LATER or option.name in basis["reader"]
            }
        )
        if reader.roi_xywh is not None:
            x, y, w, h = reader.roi_xywh
            reader = replace(reader, roi_xywh=(x, y, w, h))
        setup = _setup_of(basis["setup"], reader) if "setup" in basis else None
        return ArchiveSettings(reader, setup, dpi=int(basis["dpi"]))
    except (OSError, ValueError, KeyError, TypeError, SettingsError) as error:
        raise ArchiveError(f"{path}: settings expected ({error!r})") from error


def _described(reader: ReaderSettings) -> dict[str, Any]:
    """Return what there is to tell; options that came later only where they are set."""
    default = asdict(ReaderSettings())
    return {
        name: value
        for name, value in asdict(reader).items()
        if name not in _APPLIED_LATER or value != default[name]
    }


def _described_setup(setup: Setup) -> dict[str, Any]:
    reference = None if setup.reference is None else str(setup.reference)
    return {
        "field": {field.name: field.table() for field in setup.fields},
        "reference": reference,
        "reference_hash": _name_or_hash(reference),
        "marks": [list(point) for point in setup.marks],
    }


def _setup_of(basis: dict[str, Any], reader: ReaderSettings) -> Setup:
    reference = basis["reference"]
    return Setup(
        rotate=reader.rotate,
        min_confidence=reader.min_confidence,
        fields=fields_of(basis["field"]),
        # It may be gone: what was read with it can be searched all the same.
        reference=None if reference is None else Path(reference),
        marks=marks_of(basis["marks"] or None),
    )


def _name_or_hash(name: str | None) -> str | None:
    if name is not None and Path(name).is_file():
        return hashlib.sha256(Path(name).read_bytes()).hexdigest()
    return name
