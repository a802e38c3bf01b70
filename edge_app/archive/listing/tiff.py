"""The pages of a TIFF file: how many there are, and whether all of each is there.

OpenCV decodes a page, but says neither. TIFF 6.0, sections 2 and 8, and the design of
BigTIFF name what is used here.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from edge_app.common.errors import ImageDamagedError

SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_WIDTH_TAG, _HEIGHT_TAG, _ORIENTATION_OF_PAGE_TAG = 256, 257, 274
_X_RESOLUTION, _Y_RESOLUTION = 282, 283
_PLACE_TAGS = ((273, 279), (324, 325))  # offsets and lengths of strips, and of tiles
_RATIONAL = 5
# Letters of `struct` by the type of a field; of others nothing is needed.
_LETTER_OF_TYPE = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_ON_ITS_SIDE = (5, 6, 7, 8)  # orientations that swap width and height
_MOST_PAGES = 100_000


@dataclass(frozen=True)
class TiffPage:
    """Contents of a page's directory.

    Attributes:
        width: In pixels, as stored.
        height: In pixels, as stored.
        is_whole: Whether all of its pixels lie in the file.
        stretch: Height of a pixel over its width, after OpenCV has turned the page:
            about 2 for a fax of standard resolution.
    """

    width: int
    height: int
    is_whole: bool
    stretch: float


def pages(content: bytes, name: str) -> list[TiffPage]:
    """Return the pages of a file that begins with one of `SIGNATURES`.

    Args:
        content: The file.
        name: What messages call it.

    Raises:
        ImageDamagedError: A directory is damaged or not in the file.
    """
    try:
        return _Directories(content).pages()
    except (struct.error, ValueError, IndexError) as error:
        raise ImageDamagedError(
            f"{name}: torn or damaged (a TIFF directory is missing); copy it anew"
        ) from error


class _Directories:
    def __init__(self, content: bytes) -> None:
        self._content = content
        self._order = "<" if content.startswith(b"II") else ">"
        is_big = content[2:4] in (b"+\0", b"\0+")
        # Letters of a count of entries and of an offset, and an entry's size.
        self._count, self._offset = ("Q", "Q") if is_big else ("H", "I")
        self._entry_size = 20 if is_big else 12
        self._first = 8 if is_big else 4

    def pages(self) -> list[TiffPage]:
        found: list[TiffPage] = []
        (place,) = self._unpack(self._offset, self._first)
        seen: set[int] = set()
        while place:
            if place in seen or len(seen) >= _MOST_PAGES:
                raise ValueError("directories without end")
            seen.add(place)
            (count,) = self._unpack(self._count, place)
            place += struct.calcsize(self._order + self._count)
            fields = {}
            for _ in range(count):
                tag, values = self._field(place)
                fields[tag] = values
                place += self._entry_size
            found.append(self._page(fields))
            (place,) = self._unpack(self._offset, place)
        if not found:
            raise ValueError("no page")
        return found

    def _page(self, fields: dict[int, Sequence[int]]) -> TiffPage:
        size = len(self._content)
        is_whole = all(
            offset + length <= size
            for offsets, lengths in _PLACE_TAGS
            for offset, length in zip(
                fields.get(offsets, ()), fields.get(lengths, ()), strict=False
            )
        )
        stretch = _ratio(fields.get(_X_RESOLUTION)) / _ratio(fields.get(_Y_RESOLUTION))
        # An entry of a type that no number has holds nothing, as if it were left out.
        orientation = fields.get(_ORIENTATION_OF_PAGE_TAG) or (1,)
        if orientation[0] in _ON_ITS_SIDE:
            stretch = 1 / stretch
        width, height = (
            (fields.get(tag) or (0,))[0] for tag in (_WIDTH_TAG, _HEIGHT_TAG)
        )
        if not width or not height:
            raise ValueError("a directory without width or height")
        return TiffPage(width, height, is_whole, stretch)

    def _field(self, place: int) -> tuple[int, Sequence[int]]:
        """Return a directory entry's tag and its values; a ratio is two of them."""
        tag, kind = self._unpack("HH", place)
        (count,) = self._unpack(self._offset, place + 4)
        letter = "I" if kind == _RATIONAL else _LETTER_OF_TYPE.get(kind)
        if letter is None:
            return tag, ()
        count *= 2 if kind == _RATIONAL else 1
        if count > len(self._content):
            raise ValueError("more values than bytes")
        room = struct.calcsize(self._order + self._offset)
        start = place + 4 + struct.calcsize(self._order + self._offset)
        if count * struct.calcsize(self._order + letter) > room:
            (start,) = self._unpack(self._offset, start)
        return tag, self._unpack(f"{count}{letter}", start)

    def _unpack(self, letters: str, place: int) -> tuple[int, ...]:
        return struct.unpack_from(self._order + letters, self._content, place)


def _ratio(values: Sequence[int] | None) -> float:
    """Return a resolution, or 1 where the file has none."""
    if values is None or len(values) < 2 or 0 in values[:2]:
        return 1.0
    return values[0] / values[1]
