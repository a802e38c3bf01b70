"""JPEG files, decoded so that damage is noticed and nothing is printed.

OpenCV fills what is missing with gray, and its libjpeg prints warnings to the stderr of
whoever decodes. simplejpeg has the same library, hence the same pixels, and says what
is wrong.
"""

import re

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common.process.environment import MAX_IMAGE_PIXELS

try:
    import simplejpeg
except ImportError:  # no wheel here, as on 32-bit ARM: damage within goes unseen
    simplejpeg = None

_START_OF_IMAGE, _END_OF_IMAGE = b"\xff\xd8", b"\xff\xd9"
_SCAN = b"\xda"  # the marker that compressed pixels follow, up to the next marker
_JPEG_MARKER = re.compile(
    rb"\xff+([^\x00\xd0-\xd7\xff])"
)  # but restarts (T.81, table B.1)


def photo(content: bytes) -> NDArray[np.uint8] | None:
    """Return the picture in a photograph's file, `(H, W, 3)` uint8, BGR, as stored.

    Returns:
        `None` for what is left to OpenCV: no JPEG, a rare kind of it, too large a one.

    Raises:
        ValueError: It is torn or damaged; the message says how.
    """
    if not content.startswith(_START_OF_IMAGE):
        return None
    if simplejpeg is None:
        if _has_no_end(content):
            raise ValueError("its end is missing")
        return None
    try:
        height, width, *_ = simplejpeg.decode_jpeg_header(content)
    except ValueError:
        return None
    if height * width > MAX_IMAGE_PIXELS:
        return None
    try:
        return _strict(content)
    except ValueError as error:
        if _is_rare(content):
            return None
        raise ValueError(str(error)) from error


def camera_picture(content: bytes) -> NDArray[np.uint8] | None:
    """Return a camera's picture, `(H, W, 3)` uint8, BGR; `None` if it is damaged."""
    if simplejpeg is not None:
        try:
            return _strict(content)
        except ValueError:
            return None
    if not content.rstrip(b"\0\r\n").endswith(_END_OF_IMAGE):  # cut short
        return None
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    return None if image is None else np.asarray(image, np.uint8)


def _strict(content: bytes) -> NDArray[np.uint8]:
    return np.asarray(simplejpeg.decode_jpeg(content, "BGR"), np.uint8)


def _has_no_end(content: bytes) -> bool:
    """Return whether a file stops before its picture does, or goes on in zeros.

    Many cameras add things of their own after the picture's end.
    """
    place = len(_START_OF_IMAGE)
    while marker := _JPEG_MARKER.match(content, place):
        if marker[1] == _END_OF_IMAGE[1:]:
            return False
        place = marker.end() + int.from_bytes(
            content[marker.end() : marker.end() + 2], "big"
        )
        if marker[1] == _SCAN:
            pixels_end = _JPEG_MARKER.search(content, place)
            place = pixels_end.start() if pixels_end else len(content)
    return True


def _is_rare(content: bytes) -> bool:
    """Return whether it cannot be decoded at all, not even with something missing."""
    try:
        simplejpeg.decode_jpeg(content, "BGR", strict=False)
    except ValueError:
        return True
    return False
