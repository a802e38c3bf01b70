"""The true values of numbers that a person gave: a table beside the parts."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from io import StringIO
from pathlib import Path

import cv2

from edge_app.archive.listing.fingerprint import ArchiveSettings
from edge_app.archive.results.crops import Cutter
from edge_app.archive.store import rows
from edge_app.archive.store.rows import ReadNumber, Row
from edge_app.archive.store.stored import Store
from edge_app.archive.work import page_reader
from edge_app.common import files
from edge_app.common.errors import ArchiveError
from edge_app.common.labels import REJECT
from edge_app.live.fields.field import Field
from edge_app.model.normalize import normalize

NumberPlace = tuple[str, int, int, int]  # fingerprint, file, page, number


@dataclass(frozen=True)
class CorrectedNumber:
    """The true value of one number.

    Attributes:
        fingerprint: Of the settings that it was read with.
        file: The number of its file in the manifest.
        page: The page, from 1 on.
        number: Its place among the page's numbers, from 0 on.
        path: Of the file.
        text: What it is; empty where there is no number.
    """

    fingerprint: str
    file: int
    page: int
    number: int
    path: str
    text: str

    @property
    def place(self) -> NumberPlace:
        """Return the page and number that it corrects."""
        return self.fingerprint, self.file, self.page, self.number


def load(path: Path) -> list[CorrectedNumber]:
    """Return the corrections in a CSV file; none where there is no such file.

    Raises:
        ArchiveError: It is no such table.
    """
    if not path.exists():
        return []
    names = [field.name for field in fields(CorrectedNumber)]
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if reader.fieldnames != names:
                raise ValueError(f"the columns {','.join(names)} expected")
            return [
                CorrectedNumber(
                    row["fingerprint"],
                    int(row["file"]),
                    int(row["page"]),
                    int(row["number"]),
                    row["path"],
                    row["text"].strip(),
                )
                for row in reader
            ]
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise ArchiveError(f"{path}: no table of corrections ({error})") from error


def take(store: Store, new: Iterable[CorrectedNumber]) -> int:
    """Add corrections to an archive's; of two of one number the later one holds.

    Returns:
        How many it has now.
    """
    kept = {
        correction.place: correction for correction in [*load(store.corrections), *new]
    }
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(field.name for field in fields(CorrectedNumber))
    writer.writerows(astuple(correction) for correction in kept.values())
    files.write_bytes(store.corrections, text.getvalue().encode())
    return len(kept)


def apply(
    number: Row,
    fingerprint: str,
    known: Mapping[NumberPlace, CorrectedNumber],
    fields: Mapping[str, Field],
) -> Row:
    """Return a number's row with what a person says it is.

    Args:
        number: Its row.
        fingerprint: Of the part that it is from.
        known: Corrections by their place.
        fields: Fields by their name, which say what a text is worth.
    """
    place = fingerprint, number["file"], number["page"], number["number"]
    correction = known.get(place)
    checked = {"read_as": number["text"], "is_checked": correction is not None}
    if correction is None:
        return number | checked
    if (field := fields.get(number["field"])) is not None:
        is_number = re.fullmatch("[0-9]+", correction.text) is not None
        value = field.value(correction.text) if is_number else None
        checked |= {"value": value, "fault": None}
    return number | {"text": correction.text} | checked


def write_for_training(
    settings: ArchiveSettings, corrected: Iterable[CorrectedNumber], folder: Path
) -> tuple[int, int]:
    """Write the digits of corrected numbers as ``train --extra`` takes them.

    Pages are read once more, since no part holds a digit's pixels. A number with more
    or fewer digits than were read is left out: nobody knows which of them is which.

    Args:
        settings: Those that the corrected numbers were read with.
        corrected: The corrections.
        folder: Gets the folders `0` to `9` and `reject`.

    Returns:
        How many digits were written, and how many numbers were left out.

    Raises:
        ImageError: A page is no longer there, or can no longer be read.
    """
    reader, cutter = page_reader.opened(settings), Cutter(dpi=settings.dpi)
    num_written = num_left_out = 0
    for correction in sorted(corrected, key=lambda item: item.place):
        stem = f"{correction.file}-{correction.page}-{correction.number}"
        picture = cutter.page(correction.path, correction.page)
        reading = reader.read(picture.image, rotate=picture.rotation or None)
        numbers = rows.read_in(reading)
        labels = _labels(correction, numbers)
        if labels is None:
            num_left_out += 1
            continue
        digits = numbers[correction.number].digits
        for index, (label, digit) in enumerate(zip(labels, digits, strict=True)):
            if digit.ink is None:
                continue
            _, content = cv2.imencode(".png", normalize(digit.ink))
            files.write_bytes(
                folder / label / f"{stem}-{index}.28x28.png", content.tobytes()
            )
            num_written += 1
    return num_written, num_left_out


def _labels(
    correction: CorrectedNumber, numbers: Sequence[ReadNumber]
) -> list[str] | None:
    """Return what each digit of a number is, as far as that is known."""
    if correction.number >= len(numbers):  # the page has changed
        return None
    num_digits = len(numbers[correction.number].digits)
    if not correction.text:
        return [REJECT] * num_digits
    labels = [char for char in correction.text if char.isdigit()]
    return labels if len(labels) == num_digits else None
