"""How an MP4 file lies, by answers of servers that hold one."""

import struct

import cv2
import numpy as np
import pytest
from cameras import answered

from edge_app.sources.network import mp4

pytestmark = pytest.mark.device

HEAD = b"HTTP/1.1 200 OK\r\n\r\n"


def box(kind, content=b"", size=None):
    size = 8 + len(content) if size is None else size
    return struct.pack(">I4s", size, kind) + content


FTYP = box(b"ftyp", b"isom\0\0\0\0")
MDAT = box(b"mdat", bytes(50))
MOOV = box(b"moov", box(b"mvhd", bytes(20)))
FRAGMENTED = box(b"moov", box(b"mvhd", bytes(20)) + box(b"mvex"))


def asked(question, content):
    with answered(HEAD + content) as response:
        return question(response)


@pytest.mark.parametrize(
    ("content", "is_at_end", "is_endless"),
    [
        (FTYP + MDAT + MOOV, True, False),
        (FTYP + MOOV + MDAT, False, False),
        (FTYP + box(b"free", bytes(9)) + MDAT + MOOV, True, False),
        (FTYP + box(b"free") + FRAGMENTED + box(b"moof"), False, True),
        (FTYP + box(b"mdat", size=1) + struct.pack(">Q", 58) + bytes(42), True, False),
        (MDAT + FRAGMENTED, False, False),  # no MP4 file
        (FTYP, False, False),
        (FTYP + b"\0\0", False, False),
        (FTYP + 50 * box(b"free") + MDAT, False, False),  # who looks that far
        (b"", False, False),
    ],
)
def test_what_comes_first(content, is_at_end, is_endless):
    assert asked(mp4.has_index_at_end, content) == is_at_end
    assert asked(mp4.is_endless, content) == is_endless


@pytest.mark.parametrize("size", [1, 2, 3, 7, 2**32 - 1])
@pytest.mark.parametrize("kind", [b"free", b"moov"])
def test_lengths_that_cannot_be(kind, size):
    content = FTYP + box(kind, bytes(100), size)
    assert not asked(mp4.has_index_at_end, content)
    assert not asked(mp4.is_endless, content)


def test_an_index_to_the_end_or_of_a_long_size():
    boxes = box(b"mvhd", bytes(20)) + box(b"mvex")
    assert asked(mp4.is_endless, FTYP + box(b"moov", boxes, size=0))
    size = struct.pack(">Q", 16 + len(boxes))
    assert asked(mp4.is_endless, FTYP + box(b"moov", size + boxes, size=1))
    # What stands behind it is not of it.
    size = struct.pack(">Q", 17)
    content = FTYP + box(b"moov", size + b"x" + box(b"mvex"), size=1)
    assert not asked(mp4.is_endless, content)


def test_what_would_fill_the_memory_is_not_skipped():
    for head in (struct.pack(">I4s", 2**31, b"free"), box(b"free", size=0)):
        assert not asked(mp4.has_index_at_end, FTYP + head + MDAT)


def test_an_answer_that_breaks_off():
    head = HEAD.replace(b"\r\n\r\n", b"\r\nContent-Length: 1000\r\n\r\n")
    for content in (FTYP, FTYP + box(b"moov", size=500)):
        with answered(head + content, hangs_for_s=0.01) as response:
            assert not mp4.is_endless(response)


def test_a_file_that_opencv_wrote(tmp_path):
    path = tmp_path / "clip.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 5, (64, 48))
    writer.write(np.zeros((48, 64, 3), np.uint8))
    writer.release()
    content = path.read_bytes()
    assert mp4.is_one(content[:8])
    assert content.index(b"mdat") < content.index(b"moov")
    assert asked(mp4.has_index_at_end, content)


def test_what_begins_otherwise_is_no_mp4_file():
    assert not mp4.is_one(b"\xff\xd8\xff\xe0\0\x10JFIF")
    assert not mp4.is_one(b"ftyp")
