"""Whether a video file was cut off, as by a copy or a download that broke off.

FFmpeg decodes what is there and ends, as if that were all.
"""

import os
import struct
from pathlib import Path
from typing import BinaryIO

# Of a file, not within another box: ISO/IEC 14496-12, table 1, and QuickTime's.
_FIRST_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide"}
_BOXES = _FIRST_BOXES | {b"moof", b"mfra", b"meta", b"sidx", b"styp", b"uuid"}
_NOT_KNOWN = 0xFFFFFFFF  # to who wrote it as a stream
_MOST_BOXES = 100_000  # a fragmented file has two a second


def why_torn(path: Path) -> str | None:
    """Return how much of a video file is missing, for a message.

    Returns:
        `None` where it is whole, or of a format that does not tell how long it is.
    """
    try:
        with path.open("rb") as file:
            num_bytes = os.fstat(file.fileno()).st_size
            announced = _announced(file, num_bytes)
    except (OSError, struct.error):  # what FFmpeg says in its own way
        return None
    if announced <= num_bytes:
        return None
    return f"torn: holds {num_bytes:,} of {announced:,} bytes; copy it anew"


def _announced(file: BinaryIO, num_bytes: int) -> int:
    """Return how long a file is by what it says itself; 0 where it does not."""
    beginning = file.read(12)
    if beginning[:4] == b"RIFF" and beginning[8:] == b"AVI ":
        # https://learn.microsoft.com/windows/win32/directshow/avi-riff-file-reference
        size = int(struct.unpack_from("<I", beginning, 4)[0])
        return 0 if size == _NOT_KNOWN else 8 + size
    if beginning[4:8] not in _FIRST_BOXES:
        return 0
    # ISO/IEC 14496-12, section 4.2: boxes, each of a length and a name.
    end = 0
    for _ in range(_MOST_BOXES):
        if end >= num_bytes:
            break
        file.seek(end)
        head = file.read(16)
        size = int(struct.unpack_from(">I", head)[0])
        if size == 1:
            size = int(struct.unpack_from(">Q", head, 8)[0])
        # 0: to the end of the file. Some cameras append what is no box at all.
        if size < 8 or (end + size > num_bytes and head[4:8] not in _BOXES):
            break
        end += size
    return end
