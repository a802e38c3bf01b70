"""Photographs in a folder, or those that fit a pattern, one after the other."""

import glob
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from edge_app.common import geometry
from edge_app.common.errors import CameraError, ImageError
from edge_app.sources.pictures.images import read_photo
from edge_app.sources.source import CameraOptions, Frame

log = logging.getLogger(__name__)

_BLANK_PICTURE = np.full(
    (240, 320, 3), 224, np.uint8
)  # in place of what cannot be read
PICTURE_SUFFIXES = {
    ".bmp", ".jfif", ".jpe", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"
}  # fmt: skip
# What people also keep among their pictures, though it has to be converted first.
_FOREIGN_SUFFIXES = {".heic", ".heif", ".pdf"}

_PICTURE_HEAD = re.compile(
    rb"\xff\xd8\xff|\x89PNG|RIFF....WEBP|II\*\0|MM\0\*|BM....\0\0\0\0|P[1-7]\s",
    re.DOTALL,
)
_WILD = re.compile(r"[*?\[]")
_VIDEO_SUFFIXES = {".mjpeg", ".mjpg"}  # they begin like the JPEG file that is first


def is_image(path: Path) -> bool:
    """Return whether a file is one picture, by its name or what it begins with.

    As a video, OpenCV would show what is left of a torn one.
    """
    suffix = path.suffix.lower()
    if suffix in PICTURE_SUFFIXES or suffix in _VIDEO_SUFFIXES:
        return suffix in PICTURE_SUFFIXES
    try:
        with path.open("rb") as file:
            return _PICTURE_HEAD.match(file.read(16)) is not None
    except OSError:
        return False  # for the video's opening to say why


def opened(name: str, options: CameraOptions) -> "Folder | None":
    """Return the pictures that a name means, if it means any; see `source.SourceKind`.

    Raises:
        CameraError: There are none, or the options ask for what cameras do.
    """
    path = Path(name)
    is_pictures = path.is_dir() or (path.is_file() and is_image(path))
    if not (is_pictures or (_WILD.search(name) and not path.exists())):
        return None
    options.refuse(name)
    return Folder(name)


class Folder:
    """Image files in the order of their names, `p2` before `p10`."""

    is_live = False
    is_moving = False

    def __init__(self, name: str) -> None:
        """Find the files.

        Args:
            name: A folder, of which files called `.jpg`, `.png`, ... are taken, and
                HEIC and PDF files, which say that they cannot be read; a
                pattern such as `shots/*.jpg`, of which all files are, or one file.

        Raises:
            CameraError: There are none.
        """
        self.name = name
        folder = Path(name)
        if folder.is_dir():
            suffixes = PICTURE_SUFFIXES | _FOREIGN_SUFFIXES
            paths = [
                path for path in folder.iterdir() if path.suffix.lower() in suffixes
            ]
        elif folder.is_file():
            paths = [folder]
        else:
            # Path.glob takes no absolute patterns.
            paths = [Path(found) for found in glob.glob(name)]  # noqa: PTH207
        self._paths = sorted((path for path in paths if path.is_file()), key=_order)
        if not self._paths:
            raise CameraError(f"{name}: holds no image files such as .jpg or .png")
        self.num_pictures = len(self._paths)

    def frames(self) -> Iterator[Frame]:
        """Yield one frame for each file; that of one that cannot be read says why.

        Frames are upright where EXIF says how the camera was held.

        Raises:
            CameraError: None of them can be read; after the last frame.
        """
        reasons = []
        for index in range(self.num_pictures):
            frame = self.frame(index)
            if frame.fault is not None:
                reasons.append(frame.fault)
            yield frame
        if reasons and self.num_pictures == 1:
            raise CameraError(reasons[0])
        if len(reasons) == self.num_pictures:
            raise CameraError(f"{self.name}: none of its images can be read")

    def frame(self, index: int) -> Frame:
        """Return the frame of one file, as `frames` gives it."""
        path = self._paths[index]
        try:
            image, rotation = read_photo(path)
        except ImageError as error:
            if self.num_pictures > 1:
                log.warning("%s", error)
            return Frame(_BLANK_PICTURE, float(index), str(path), str(error))
        return Frame(
            geometry.turned(image, rotation),
            float(index),
            str(path),
            is_upright=rotation != 0,
        )

    def close(self) -> None:
        """Do nothing: there is nothing to give back."""


def _order(path: Path) -> list[tuple[int, int, str]]:
    """Return a key that sorts numbers within names by their value."""
    parts = re.split(r"(\d+)", str(path))
    key = [
        (1, int(part), "") if index % 2 else (0, 0, part.casefold())
        for index, part in enumerate(parts)
    ]
    return [*key, (0, 0, str(path))]  # p2 and p02
