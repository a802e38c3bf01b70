"""Photographs read one by one: what ``edge-digits read`` does."""

import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common import files
from edge_app.common.draw import draw
from edge_app.common.errors import ImageError, printable
from edge_app.find.stages import Stages
from edge_app.reader import Reader
from edge_app.reading import Reading
from edge_app.sinks.records import text
from edge_app.sources.pictures.images import read_photo


@dataclass(frozen=True)
class PictureFolders:
    """Folders of the pictures that are written besides.

    Attributes:
        annotate: Folder for each photograph with what was read drawn on it.
        debug: Folder for each stage of each reading.
    """

    annotate: Path | None = None
    debug: Path | None = None


class PhotoReader:
    """Reads image files and draws what it read."""

    def __init__(self, reader: Reader, pictures: PictureFolders) -> None:
        """Read with `reader`, which turns a photograph only where EXIF does not."""
        self._reader = reader
        self._pictures = pictures
        self._written: set[str] = set()

    def read(self, path: Path) -> Reading:
        """Read a photograph, and write the pictures asked for.

        Raises:
            ImageError: The file cannot be read or a picture cannot be written.
        """
        image, turned = read_photo(path)
        stages = Stages() if self._pictures.debug else None
        try:
            reading = self._reader.read(image, rotate=turned or None, stages=stages)
        except ValueError as error:  # a region outside of this photograph
            raise ImageError(f"{path}: {error}") from error
        name = self._free_name(path)
        if self._pictures.annotate:
            target = self._pictures.annotate / f"{name}-read.png"
            _write(target, draw(image, reading))
        if stages is not None and self._pictures.debug:
            for index, (stage, picture) in enumerate(stages.pictures.items(), start=1):
                _write(self._pictures.debug / f"{name}-{index}-{stage}.png", picture)
        return reading

    def _free_name(self, path: Path) -> str:
        """Return a name for a photograph's pictures that no other one has."""
        name, copy = path.stem, 2
        while name.casefold() in self._written:
            name = f"{path.stem}-{copy}"
            copy += 1
        self._written.add(name.casefold())
        return name


def _write(target: Path, picture: NDArray[np.uint8]) -> None:
    ok, content = cv2.imencode(".png", picture)
    if not ok:
        raise ImageError(f"{target}: cannot be encoded")
    try:
        files.write_bytes(target, content.tobytes())
    except OSError as error:
        why = files.why_not(error, target)
        raise ImageError(f"{target}: cannot be written ({why})") from error


def line(path: Path, reading: Reading, *, as_json: bool, rejects: bool = False) -> str:
    """Return one line: the numbers in a photograph, or all of the reading as JSON.

    Args:
        path: The photograph.
        reading: What was read in it.
        as_json: Whether all of it is told.
        rejects: Whether what was rejected is told, too, as JSON.
    """
    if as_json:
        return json.dumps({"source": str(path), **reading.to_dict(rejects=rejects)})
    return f"{printable(str(path))}: {text.line(reading)}"
