"""A check whether a video file was cut off, by a copy, a download or a power cut.

FFmpeg decodes what is there and ends, as if that were all.
"""

import os
import struct
from pathlib import Path
from typing import BinaryIO

from edge_app.sources.pictures import matroska

# Of a file, not within another box: ISO/IEC 14496-12, table 1, and QuickTime's.
_FIRST_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide"}
_BOXES = _FIRST_BOXES | {b"moof", b"mfra", b"meta", b"sidx", b"styp", b"uuid"}
_INDEXES = {b"moov", b"moof"}
_NOT_KNOWN = 0xFFFFFFFF  # to who wrote it as a stream
_MOST_BOXES_OF_FILE = 100_000  # a fragmented file has two a second


def why_torn(path: Path) -> str | None:
    """Return how much of a video file is missing, for a message.

    Returns:
        `None` where it is whole, or of a format that does not tell how long it is.
    """
    try:
        with path.open("rb") as file:
            return _why_torn(file, os.fstat(file.fileno()).st_size)
    except (OSError, struct.error):  # what FFmpeg says in its own way
        return None


def why_unreadable(path: Path) -> str:
    """Return why a file cannot be opened as a video, for a message."""
    if (torn := why_torn(path)) is not None:
        return torn
    try:
        with path.open("rb") as file:
            is_mp4 = file.read(8)[4:] in _FIRST_BOXES
            has_index = _boxes(file, os.fstat(file.fileno()).st_size)[1]
    except (OSError, struct.error):
        is_mp4 = False
    if is_mp4 and not has_index:
        return "torn: has no index (moov), which is written last; record it anew"
    return "cannot be opened as a video; is it one?"


def _why_torn(file: BinaryIO, num_bytes: int) -> str | None:
    beginning = file.read(12)
    at_least, advice = "", "copy it anew"
    if beginning[:4] == b"RIFF" and beginning[8:] == b"AVI ":
        # https://learn.microsoft.com/windows/win32/directshow/avi-riff-file-reference
        size = int(struct.unpack_from("<I", beginning, 4)[0])
        announced = 0 if size == _NOT_KNOWN else 8 + size
    elif beginning.startswith(matroska.HEADER):
        announced, is_all = matroska.announced(file, num_bytes)
        if not is_all:
            at_least, advice = "at least ", "its recording was cut off"
    elif beginning[4:8] in _FIRST_BOXES:
        announced, _ = _boxes(file, num_bytes)
    else:
        return None
    if announced <= num_bytes:
        return None
    return f"torn: holds {num_bytes:,} of {at_least}{announced:,} bytes; {advice}"


def _boxes(file: BinaryIO, num_bytes: int) -> tuple[int, bool]:
    """Return how long a file is by what it says itself, and whether it has an index.

    ISO/IEC 14496-12, section 4.2: boxes, each of a length and a name.
    """
    end, has_index = 0, False
    for _ in range(_MOST_BOXES_OF_FILE):
        if end >= num_bytes:
            break
        file.seek(end)
        head = file.read(16)
        has_index |= head[4:8] in _INDEXES
        size = int(struct.unpack_from(">I", head)[0])
        if size == 1:
            size = int(struct.unpack_from(">Q", head, 8)[0])
        # 0: to the end of the file. Some cameras append what is no box at all.
        if size < 8 or (end + size > num_bytes and head[4:8] not in _BOXES):
            break
        end += size
    return end, has_index
