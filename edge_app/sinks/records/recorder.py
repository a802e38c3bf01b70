"""The picture of each number that settled, clean and with what was read in it."""

import re
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common import files
from edge_app.common.draw import draw
from edge_app.common.errors import RecordError
from edge_app.sinks.background import Background
from edge_app.sinks.records import capped_room
from edge_app.sinks.sink import Update

QUALITY = 95  # of 100, JPEG: of a picture that somebody keeps
_RECORDED_KINDS = ("settled", "changed")  # what a number reads is sure, or sure anew
# Names that are made here: all else in the folder is somebody's, and never deleted.
_RECORDING_NAME = re.compile(r"\d{8}-\d{6}-\d{3}(-read)?\.jpg")
_WAITING = 4  # pictures that a slow card may fall behind


class Recorder:
    """Two JPEG files of the frame's size for each frame in which a number settled."""

    def __init__(self, folder: Path, *, max_bytes: int = 500_000_000) -> None:
        """Make the folder.

        Args:
            folder: Where the pictures go, named by the local time of their capture.
            max_bytes: Size above which the oldest ones are deleted; other people's
                files are never touched.

        Raises:
            RecordError: The folder cannot be made or written.
        """
        self._folder = folder
        self._max_bytes = max_bytes
        check_writable(folder)
        self._thread = Background(self._keep, name=str(folder), capacity=_WAITING)
        self.lost = self._thread.lost

    def write(self, update: Update) -> bool:
        """Leave a frame in which a number settled for the thread."""
        if any(event.kind in _RECORDED_KINDS for event in update.events):
            self._thread.put(update)
        return True

    def close(self) -> None:
        """Write what is left."""
        self._thread.close()

    def _keep(self, update: Update) -> None:
        name = update.local_stamp
        image = update.frame.image
        contents = {
            f"{name}.jpg": encoded(image),
            f"{name}-read.jpg": encoded(draw(image, update.reading)),
        }
        capped_room.make(
            self._folder,
            _RECORDING_NAME,
            num_bytes=sum(map(len, contents.values())),
            max_bytes=self._max_bytes,
        )
        for file_name, content in contents.items():
            files.write_bytes(self._folder / file_name, content)


def check_writable(folder: Path) -> None:
    """Make a folder, and see that files can be written there.

    Raises:
        RecordError: They cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with files.replacing(folder / ".try") as path:
            path.write_bytes(b"")
        (folder / ".try").unlink()
    except OSError as error:
        why = files.why_not(error, folder)
        raise RecordError(f"{folder}: cannot be written ({why})") from error


def encoded(image: NDArray[np.uint8]) -> bytes:
    """Return an image as a JPEG file to keep.

    Args:
        image: `(H, W, 3)` uint8, BGR.
    """
    _, content = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return content.tobytes()
