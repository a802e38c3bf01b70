"""Photographs in a folder, or those that fit a pattern, one after the other."""

import glob
import logging
from collections.abc import Iterator
from pathlib import Path

from edge_app import geometry
from edge_app.errors import CameraError, ImageError
from edge_app.sources.base import Frame
from edge_app.sources.images import read_photo

log = logging.getLogger(__name__)

SUFFIXES = {".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}


class Folder:
    """Image files in the order of their names."""

    is_live = False
    is_moving = False

    def __init__(self, name: str) -> None:
        """Find the files.

        Args:
            name: A folder, of which files called `.jpg`, `.png`, ... are taken, a
                pattern such as `shots/*.jpg`, of which all files are, or one file.

        Raises:
            CameraError: There are none.
        """
        self.name = name
        folder = Path(name)
        if folder.is_dir():
            paths = [
                each for each in folder.iterdir() if each.suffix.lower() in SUFFIXES
            ]
        elif folder.is_file():
            paths = [folder]
        else:
            # Path.glob takes no absolute patterns.
            paths = [Path(each) for each in glob.glob(name)]  # noqa: PTH207
        self._paths = sorted(path for path in paths if path.is_file())
        if not self._paths:
            raise CameraError(f"{name}: holds no image files such as .jpg or .png")

    def frames(self) -> Iterator[Frame]:
        """One frame for each image; files that cannot be read are logged and left out.

        Frames are upright where EXIF says how the camera was held.

        Raises:
            CameraError: None of them can be read.
        """
        count = 0
        for path in self._paths:
            try:
                image, rotation = read_photo(path)
            except ImageError as error:
                log.warning("%s", error)
                continue
            yield Frame(geometry.turned(image, rotation), float(count))
            count += 1
        if not count:
            raise CameraError(f"{self.name}: none of its images can be read")

    def close(self) -> None:
        """Nothing to give back."""
