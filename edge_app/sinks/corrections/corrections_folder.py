"""The folder of corrections: crops by their label, as ``train --extra`` takes them.

Each corrected number is one entry: its picture, whose name says what was read and what
it truly is, and the crops of its digits. The pictures are the list of the entries.
"""

import re
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import cv2

from edge_app.common import files
from edge_app.common.errors import RecordError
from edge_app.common.labels import NUM_DIGITS, REJECT
from edge_app.live.fields.field import NAME
from edge_app.sinks.corrections.specimen import Specimen

_MATCHED, _UNMATCHED = "numbers", "unmatched"  # folders of pictures
_NO_NUMBER = "none"  # of an entry that is no number
_PICTURE = re.compile(
    rf"((?:{NAME.pattern}\.)?\d{{8}}-\d{{6}}-\d{{6}}-\d+)_(\d*)_(\d+|none)\.jpg"
)
_CORRECTIONS_README = """\
What people corrected on the live page of edge-digits. 0 to 9 and reject hold the digits
as the model saw them, for training: python -m train adapt THIS_FOLDER (or --extra).
numbers has a picture of each corrected number: NAME_READ_GIVEN.jpg; where there are
several cameras, NAME begins with the camera's. unmatched has those for which more or
fewer digits were given than had been read: nobody knows which is which, so no digit was
taken from them.
"""


@dataclass(frozen=True)
class Correction:
    """The true value of one number.

    Attributes:
        name: Of its specimen; where there are several cameras after the camera's name
            and a point.
        read: The digits that were read.
        given: The digits that it has; empty where it is no number.
        is_matched: Whether its digits are among those to train with.
    """

    name: str
    read: str
    given: str
    is_matched: bool

    @property
    def file_name(self) -> str:
        """Return its picture's name."""
        return f"{self.name}_{self.read}_{self.given or _NO_NUMBER}.jpg"

    @property
    def folder_name(self) -> str:
        """Return where its picture is, below the corrections' folder."""
        return _MATCHED if self.is_matched else _UNMATCHED


class CorrectionsFolder:
    """Keeps corrections, of all cameras together; all threads may ask."""

    def __init__(self, path: Path, *, most: int = 2000) -> None:
        """Make the folder, or go on with what is in it.

        Args:
            path: Where the crops go.
            most: Corrected numbers that are kept; then the oldest go.

        Raises:
            RecordError: The folder cannot be made or read.
        """
        self.path = path
        self._most = most
        self._lock = threading.RLock()  # however slow the disk is
        try:
            labels = *map(str, range(NUM_DIGITS)), REJECT, _MATCHED, _UNMATCHED
            for name in labels:
                (path / name).mkdir(parents=True, exist_ok=True)
            if not (path / "README.txt").exists():
                files.write_bytes(path / "README.txt", _CORRECTIONS_README.encode())
            self._kept = {entry.name: entry for entry in _found(path)}
        except OSError as error:
            why = files.why_not(error, path)
            raise RecordError(f"{path}: cannot be written ({why})") from error

    def keep(self, specimen: Specimen, given: str) -> Correction:
        """Keep what a number truly is, instead of what was kept of it before.

        Where as many digits are given as were read, each is kept as what it is said to
        be; else only the picture is kept.

        Args:
            specimen: The number as it was read.
            given: Its digits; empty where it is no number.

        Raises:
            OSError: The disk is full, or gone.
        """
        labels = list(given) if given else [REJECT] * len(specimen.images)
        is_matched = 0 < len(specimen.images) == len(labels)
        correction = Correction(specimen.name, specimen.text, given, is_matched)
        with self._lock:
            self.undo(specimen.name)
            while len(self._kept) >= self._most:
                self.undo(next(iter(self._kept)))
            self._write(correction, specimen, labels)
            self._kept[specimen.name] = correction
        return correction

    def undo(self, name: str) -> bool:
        """Take a correction back, crops and all; `False` where there is none."""
        with self._lock:
            correction = self._kept.pop(name, None)
            if correction is None:
                return False
            for path in self.path.glob(f"*/{name}-*.28x28.png"):
                path.unlink(missing_ok=True)
            self._picture_path(correction).unlink(missing_ok=True)
        return True

    def newest(self) -> list[Correction]:
        """Return all that are kept, the newest first."""
        with self._lock:
            return list(reversed(self._kept.values()))

    def given(self, name: str) -> str | None:
        """Return what a number is said to be; `None` where nobody said anything."""
        correction = self._kept.get(name)
        return None if correction is None else correction.given

    def picture(self, name: str) -> bytes | None:
        """Return a corrected number's picture, a JPEG file, if it is there."""
        with self._lock:
            if (correction := self._kept.get(name)) is None:
                return None
        with suppress(OSError):
            return self._picture_path(correction).read_bytes()
        return None

    def _picture_path(self, correction: Correction) -> Path:
        return self.path / correction.folder_name / correction.file_name

    def _write(
        self, correction: Correction, specimen: Specimen, labels: list[str]
    ) -> None:
        # The picture last: an entry is there when all of it is.
        if correction.is_matched:
            for index, (label, image) in enumerate(
                zip(labels, specimen.images, strict=True)
            ):
                _, content = cv2.imencode(".png", image)
                name = f"{specimen.name}-{index}.28x28.png"
                files.write_bytes(self.path / label / name, content.tobytes())
        files.write_bytes(self._picture_path(correction), specimen.picture)


def _found(folder: Path) -> list[Correction]:
    """Return the entries of a folder, the oldest first."""
    entries = []
    for name in (_MATCHED, _UNMATCHED):
        for path in (folder / name).iterdir():
            if found := _PICTURE.fullmatch(path.name):
                given = "" if found[3] == _NO_NUMBER else found[3]
                entry = Correction(found[1], found[2], given, name == _MATCHED)
                entries.append((path.stat().st_mtime, entry))
    entries.sort(key=lambda item: (item[0], item[1].name))
    return [entry for _, entry in entries]
