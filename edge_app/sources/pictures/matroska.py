"""The length of a Matroska file (MKV, WebM), by what it says itself."""

from typing import BinaryIO

# Elements, each of an identifier, a length and its content: RFC 8794; RFC 9559, section
# 5.1, has those of Matroska.
HEADER = b"\x1aE\xdf\xa3"
_SEGMENT_ID, _CLUSTER_ID = 0x18538067, 0x1F43B675
_LONGEST_HEAD = 4 + 8  # bytes of an identifier and a length
_MOST_ELEMENTS = 1_000_000  # nine hours of a stream at 30 pictures a second


def announced(file: BinaryIO, num_bytes: int) -> tuple[int, bool]:
    """Return how many bytes a file has, if it is whole, and whether these are all.

    What is written as a stream does not say how long it is, nor does a recording that
    was cut off: what counts there is the last element that began.

    Args:
        file: Read from its beginning on.
        num_bytes: How many it has.
    """
    end, is_all = 0, True
    for _ in range(_MOST_ELEMENTS):
        if end >= num_bytes:
            break
        file.seek(end)
        head = file.read(_LONGEST_HEAD)
        identifier, used = _number(head, keeps_marker=True)
        size, size_used = _number(head[used:], keeps_marker=False)
        if not used or not size_used:  # cut within a head, or no element
            return (end + _LONGEST_HEAD if len(head) < _LONGEST_HEAD else 0), is_all
        start = end + used + size_used
        is_open = size == 2 ** (7 * size_used) - 1  # it lasts as long as its children
        end = start if is_open else start + size
        is_all = is_all and not is_open
        if is_open and identifier not in (_SEGMENT_ID, _CLUSTER_ID):
            return 0, is_all
    return end, is_all


def _number(content: bytes, *, keeps_marker: bool) -> tuple[int, int]:
    """Return a number of variable length, and its length; 0, 0 where there is none."""
    length = 9 - content[0].bit_length() if content and content[0] else 9
    if length > min(8, len(content)):
        return 0, 0
    value = int.from_bytes(content[:length], "big")
    return value if keeps_marker else value & ~(1 << 7 * length), length
