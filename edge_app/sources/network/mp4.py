"""The layout of an MP4 file, which says whether it can be read while it comes.

ISO/IEC 14496-12, section 4.2: boxes, each of a length and a name.
"""

import struct
import sys
from http.client import HTTPException, HTTPResponse

_MOST_BOXES = 50  # of a file, looked at
_MOST_INDEX = 32 * 2**20  # bytes of an index: that of a day of video has fewer
_TO_THE_END, _LONG_SIZE = 0, 1  # instead of a box's size; a long one follows its name


def is_one(beginning: bytes) -> bool:
    """Return whether these are the first bytes of an MP4 file."""
    return beginning[4:8] == b"ftyp"


def has_index_at_end(response: HTTPResponse) -> bool:
    """Return whether the pictures come before what tells where they are."""
    return _first(response)[0] == b"mdat"


def is_endless(response: HTTPResponse) -> bool:
    """Return whether it comes in fragments (section 8.8), as streams do."""
    kind, size = _first(response)
    try:
        is_index = kind == b"moov" and size > 0
        return is_index and b"mvex" in response.read(min(size, _MOST_INDEX))
    except (OSError, HTTPException):
        return False


def _first(response: HTTPResponse) -> tuple[bytes, int]:
    """Return which of index and pictures comes first, and how many bytes it has."""
    try:
        for number in range(_MOST_BOXES):
            size, kind = _head(response)
            if number == 0 and kind != b"ftyp":
                break
            if kind in (b"mdat", b"moov"):
                return kind, size
            if not 0 <= size <= _MOST_INDEX:  # which would have to be kept
                break
            response.read(size)
    except (OSError, HTTPException, struct.error):
        pass
    return b"", 0


def _head(response: HTTPResponse) -> tuple[int, bytes]:
    """Return how many bytes a box holds, and its name."""
    size, kind = struct.unpack(">I4s", response.read(8))
    if size == _TO_THE_END:
        return sys.maxsize, kind
    if size == _LONG_SIZE:
        return struct.unpack(">Q", response.read(8))[0] - 16, kind
    return size - 8, kind
