"""A video file, through OpenCV's FFmpeg."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from edge_app.common import files
from edge_app.common.errors import CameraError
from edge_app.sources.pictures import foreign
from edge_app.sources.pictures.torn_clip import why_torn, why_unreadable
from edge_app.sources.source import CameraOptions, Frame


def opened(name: str, options: CameraOptions) -> "Clip | None":
    """Return the clip, if a name is that of a file; see `source.SourceKind`.

    Raises:
        CameraError: It is no clip, or the options ask for what cameras do.
    """
    if not Path(name).exists():
        return None
    options.refuse(name)
    if (other := files.instead_of_file(Path(name))) is not None:
        raise CameraError(f"{name}: a video file expected, got {other}")
    return Clip(name)


class Clip:
    """A video file, every frame of it."""

    is_live = False
    is_moving = True

    def __init__(self, name: str) -> None:
        """Open a file by its path.

        Raises:
            CameraError: It cannot be decoded.
        """
        self.name = name
        if (known := _what(Path(name))) is not None:
            raise CameraError(f"{name}: {known}")
        self._capture = cv2.VideoCapture(name, cv2.CAP_FFMPEG)
        if not self._capture.isOpened():
            raise CameraError(f"{name}: {why_unreadable(Path(name))}")

    def frames(self) -> Iterator[Frame]:
        """Yield frames until the file ends.

        Raises:
            CameraError: The file holds no frame, or is torn; after the last frame.
        """
        count = 0
        while (frame := self._next()) is not None:
            count += 1
            yield frame
        if (reason := why_torn(Path(self.name))) is not None:
            raise CameraError(f"{self.name}: {reason}")
        if not count:
            raise CameraError(f"{self.name}: holds no picture that can be decoded")

    def close(self) -> None:
        """Close the file."""
        self._capture.release()

    def _next(self) -> Frame | None:
        """Return the next frame; `None` at the end."""
        ok, image = self._capture.read()
        if not ok:
            return None
        time_s = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        return Frame(np.asarray(image, np.uint8), time_s)


def _what(path: Path) -> str | None:
    """Return what a file is that people take for a picture."""
    try:
        with path.open("rb") as file:
            return foreign.what(file.read(16))
    except OSError:  # which FFmpeg says in its own way
        return None
