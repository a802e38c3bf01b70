"""The rotation at which a camera was held: the EXIF orientation of a JPEG.

One field in thirty lines, for which a device needs no Pillow.
"""

import struct

from edge_app.common.geometry import Quarter

_EXIF_MARKER = b"Exif\0\0"
_SEARCHED = 1 << 16  # bytes: the segment stands near the file's beginning
_ORIENTATION_TAG = 0x0112
# Exif 2.3, section 4.6.4: the degrees clockwise that make the stored pixels upright.
# The mirrored orientations are no camera's and are left as stored.
_ROTATIONS: dict[int, Quarter] = {3: 180, 6: 90, 8: 270}


def rotation(content: bytes) -> Quarter:
    """Return the degrees clockwise by which a photograph's pixels must be turned.

    Args:
        content: The image file's bytes.

    Returns:
        0 where the file does not say or what it says is damaged.
    """
    place = content.find(_EXIF_MARKER, 0, _SEARCHED)
    if place < 0:
        return 0
    tiff = content[place + len(_EXIF_MARKER) : place + len(_EXIF_MARKER) + _SEARCHED]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 0
    try:
        (directory,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, directory)
        for index in range(count):
            entry = directory + 2 + 12 * index
            tag, _, _, value = struct.unpack_from(order + "HHIH", tiff, entry)
            if tag == _ORIENTATION_TAG:
                return _ROTATIONS.get(value, 0)
    except struct.error:
        pass
    return 0
