"""Photographs read one by one: what ``edge-digits read`` does."""

import json
from pathlib import Path

import cv2

from edge_app import classify, files
from edge_app.draw import draw
from edge_app.errors import ImageError
from edge_app.reader import Reader, Reading
from edge_app.sinks import text
from edge_app.sources.images import read_image


class PhotoReader:
    """Reads image files and draws what it read."""

    def __init__(self, model: str | None, *, annotate: Path | None) -> None:
        """Load a model.

        Args:
            model: As `classify.load` takes it.
            annotate: Folder for the pictures with what was read; `None` for none.
        """
        self._reader = Reader(classify.load(model))
        self._annotate = annotate
        self._written: set[str] = set()

    def read(self, path: Path) -> Reading:
        """What is read in a photograph, drawn into the folder for pictures, if any.

        Raises:
            ImageError: The file cannot be read or the picture cannot be written.
        """
        image = read_image(path)
        reading = self._reader.read(image)
        if self._annotate:
            ok, content = cv2.imencode(".png", draw(image, reading))
            target = self._annotate / self._free_name(path)
            if not ok:
                raise ImageError(f"{target}: cannot be encoded")
            try:
                files.write_bytes(target, content.tobytes())
            except OSError as error:
                raise ImageError(
                    f"{target}: cannot be written ({error.strerror})"
                ) from error
        return reading

    def _free_name(self, path: Path) -> str:
        """The name of a picture: never a photograph's own, nor another picture's."""
        name, copy = f"{path.stem}-read.png", 2
        while name.casefold() in self._written:
            name = f"{path.stem}-read-{copy}.png"
            copy += 1
        self._written.add(name.casefold())
        return name


def line(path: Path, reading: Reading, *, as_json: bool) -> str:
    """One line: the numbers in a photograph, or all of the reading as JSON."""
    if as_json:
        return json.dumps({"source": str(path), **reading.to_dict()})
    return f"{path}: {text.line(reading)}"
