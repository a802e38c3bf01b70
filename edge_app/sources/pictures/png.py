"""PNG files, looked through before OpenCV decodes them.

libpng prints what it thinks of a file to the stderr of whoever decodes it: of color
profiles that matter to nobody, and of damage. It gets the picture alone, and only where
that is whole. https://www.w3.org/TR/png-3/ names what is used here. imagesize reads no
more than the header, and Pillow, which decodes itself, would bring 20 MB to a device.
"""

import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from edge_app.common.process.environment import MAX_IMAGE_PIXELS

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CRITICAL = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}  # tRNS: what is transparent
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_CHANNELS_OF_COLOR = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by the color type
_PALETTE = 3  # a color type
_TRANSPARENT_BYTES = {0: 2, 2: 6}  # of tRNS: the one color that is; by the color type
_NUM_FILTERS = 5
# Of the seven passes of an interlaced picture: first column and row, and the steps.
_ADAM7 = (
    (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
    (0, 1, 1, 2),
)  # fmt: skip
_BLOCK_BYTES = (
    2**16
)  # bytes that are unpacked at once: a picture may be larger than memory


class TooLargeError(ValueError):
    """More pixels than are decoded."""


def picture_alone(content: bytes) -> bytes:
    """Return the file without all that is not its picture.

    Args:
        content: What begins with `SIGNATURE`.

    Raises:
        TooLargeError: It holds more pixels than `MAX_IMAGE_PIXELS`.
        ValueError: It is damaged; the message says how.
    """
    chunks: dict[bytes, list[_Chunk]] = {}
    for chunk in _chunks(content):
        chunks.setdefault(chunk.kind, []).append(chunk)
    if b"IHDR" not in chunks:
        raise ValueError("its header is missing")
    header = _Header.of(chunks[b"IHDR"][0].data)
    if header.width * header.height > MAX_IMAGE_PIXELS:
        raise TooLargeError("it holds too many pixels")
    kept = [*chunks[b"IHDR"][:1], *_colors(chunks, header)]
    parts = chunks.get(b"IDAT", [])
    _check([part.data for part in parts], header)
    kept += [*parts, *chunks[b"IEND"]]
    return SIGNATURE + b"".join(chunk.whole for chunk in kept)


@dataclass(frozen=True)
class _Chunk:
    kind: bytes
    data: memoryview
    whole: memoryview  # with its length, kind and checksum


def _chunks(content: bytes) -> Iterator[_Chunk]:
    """Yield the chunks that make the picture, in order, each of them whole."""
    seen, place = memoryview(content), len(SIGNATURE)
    kind = b""
    while kind != b"IEND":
        if place + 12 > len(content):
            raise ValueError(f"it ends after {len(content)} bytes, in its middle")
        length, kind = struct.unpack_from(">I4s", content, place)
        end = place + 12 + length
        if kind in _CRITICAL:
            if end > len(content):
                raise ValueError(f"it ends after {len(content)} bytes, in its middle")
            (expected,) = struct.unpack_from(">I", content, end - 4)
            if zlib.crc32(seen[place + 4 : end - 4]) != expected:
                raise ValueError(f"its bytes {place} to {end} are damaged")
            yield _Chunk(kind, seen[place + 8 : end - 4], seen[place:end])
        place = end


def _colors(
    chunks: Mapping[bytes, Sequence["_Chunk"]], header: "_Header"
) -> Iterator["_Chunk"]:
    """Yield the palette, and what is transparent, if there are such and they fit.

    Raises:
        ValueError: The palette is damaged or missing.
    """
    most = 2**header.depth
    num_colors = 0
    if header.color == _PALETTE:
        if not (palettes := chunks.get(b"PLTE", [])):
            raise ValueError("its palette is missing")
        num_colors, rest = divmod(len(palettes[0].data), 3)
        if rest or not 0 < num_colors <= most:
            raise ValueError("its palette is damaged")
        yield palettes[0]
    for chunk in chunks.get(b"tRNS", [])[:1]:
        size = len(chunk.data)
        if header.color == _PALETTE:
            fits = 0 < size <= num_colors
        else:
            fits = size == _TRANSPARENT_BYTES.get(header.color) and (
                max(struct.unpack(f">{size // 2}H", chunk.data)) < most
            )
        if fits:
            yield chunk


@dataclass(frozen=True)
class _Header:
    width: int
    height: int
    depth: int  # bits of a channel
    color: int  # its type
    is_interlaced: bool

    @classmethod
    def of(cls, data: memoryview) -> "_Header":
        if len(data) != 13:
            raise ValueError("its header is damaged")
        width, height, depth, color, *methods, interlace = struct.unpack(">II5B", data)
        is_known = depth in _DEPTHS.get(color, ()) and interlace < 2
        if not (width and height and is_known) or any(methods):
            raise ValueError("its header is damaged")
        return cls(width, height, depth, color, bool(interlace))

    def row_lengths(self) -> Iterator[tuple[int, int]]:
        """Yield how many rows there are of how many bytes, pass by pass."""
        passes = _ADAM7 if self.is_interlaced else ((0, 0, 1, 1),)
        bits = self.depth * _CHANNELS_OF_COLOR[self.color]
        for x, y, step_x, step_y in passes:
            columns = max(0, -(-(self.width - x) // step_x))
            rows = max(0, -(-(self.height - y) // step_y))
            if columns and rows:
                yield rows, 1 + -(-columns * bits // 8)  # with the filter's number


def _check(parts: list[memoryview], header: _Header) -> None:
    """Unpack the picture, keeping none of it.

    Raises:
        ValueError: It is damaged.
    """
    unpacked = _Unpacked(parts)
    for rows, length in header.row_lengths():
        left, first = rows * length, 0
        while left:
            block = unpacked.read(min(left, _BLOCK_BYTES))
            if max(block[first::length], default=0) >= _NUM_FILTERS:
                raise ValueError("its picture is damaged")
            left -= len(block)
            first = (first - len(block)) % length
    if not unpacked.is_over():
        raise ValueError("its picture is damaged")


class _Unpacked:
    """The content of compressed parts together."""

    def __init__(self, parts: list[memoryview]) -> None:
        self._parts = iter(parts)
        self._inflate = zlib.decompressobj()

    def read(self, size: int) -> bytes:
        """Return some of the next bytes, `size` at most.

        Raises:
            ValueError: There are none.
        """
        try:
            while not self._inflate.eof:
                packed = self._inflate.unconsumed_tail or next(self._parts)
                if block := self._inflate.decompress(packed, size):
                    return block
        except zlib.error as error:
            raise ValueError("its picture is damaged") from error
        except StopIteration:
            pass
        raise ValueError("its picture is cut short")

    def is_over(self) -> bool:
        """Return whether the checksum is right and nothing follows."""
        try:
            while not self._inflate.eof:
                packed = self._inflate.unconsumed_tail or next(self._parts)
                if self._inflate.decompress(packed, 1):
                    return False
        except (StopIteration, zlib.error):
            return False
        return True
