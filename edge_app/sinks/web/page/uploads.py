"""Pictures that a browser sends, read by a reader of their own."""

import asyncio
import base64
import struct
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_app.common import geometry
from edge_app.common.draw import draw
from edge_app.common.errors import ImageError
from edge_app.reader import Reader
from edge_app.reading import Reading
from edge_app.sinks.corrections import specimen
from edge_app.sinks.corrections.offered import Corrections
from edge_app.sinks.web.page.frame_pictures import jpeg
from edge_app.sources.pictures import exif, foreign, images

# Frame headers of JPEG, which hold the size: all of C0..CF but DHT, JPG and DAC
# (ITU-T T.81, table B.1).
_SIZE_MARKERS = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True)
class UploadLimits:
    """Limits of what a browser may send.

    Attributes:
        most_bytes: Of a file.
        most_pixels: Of a picture: 16 megapixels need 48 MB. The page itself sends 2048
            pixels at most.
        most_waiting: Pictures at once.
        arrival_s: That a file may take to arrive.
    """

    most_bytes: int = 10_000_000
    most_pixels: int = 16_000_000
    most_waiting: int = 4
    arrival_s: float = 30.0


UPLOADS = UploadLimits()


class UploadError(Exception):
    """A picture is refused.

    Attributes:
        status: Of the HTTP response.
    """

    def __init__(self, status: int, reason: str) -> None:
        """Refuse with a status and a reason for people."""
        super().__init__(reason)
        self.status = status


class Photos:
    """Reads one picture at a time, apart from the live reading."""

    def __init__(
        self,
        open_reader: Callable[[], Reader],
        corrections: Corrections | None = None,
    ) -> None:
        """Open the reader at the first picture, so that starting costs nothing.

        Args:
            open_reader: Makes it.
            corrections: Is told of each number that a person may correct.
        """
        self._corrections = corrections
        self._open_reader = open_reader
        self._reader: Reader | None = None
        self._lock = threading.Lock()
        self._num_waiting = 0

    async def read(
        self, chunks: AsyncIterator[bytes], *, with_picture: bool
    ) -> dict[str, Any]:
        """Return what is read in a picture that arrives in chunks, for JSON.

        Args:
            chunks: A JPEG or PNG file.
            with_picture: Add `picture`, a data URL of a JPEG with the digits marked.

        Raises:
            UploadError: Too many at once, too slow, too large, or no picture.
        """
        if self._num_waiting >= UPLOADS.most_waiting:
            raise UploadError(503, "too many pictures at once; try again")
        self._num_waiting += 1
        try:
            content = await _received(chunks)
            return await asyncio.to_thread(self._read, content, with_picture)
        finally:
            self._num_waiting -= 1

    def _read(self, content: bytes, with_picture: bool) -> dict[str, Any]:
        with self._lock:
            image = decoded(content)
            if self._reader is None:
                self._reader = self._open_reader()
            reading = self._reader.read(image)
        answer = {
            **reading.to_dict(),
            "num_rejects": len(reading.rejects),
            "specimens": list(self._offered(image, reading)),
        }
        if with_picture:
            picture = base64.b64encode(jpeg(draw(image, reading))).decode()
            answer["picture"] = f"data:image/jpeg;base64,{picture}"
        return answer

    def _offered(self, image: NDArray[np.uint8], reading: Reading) -> Iterator[str]:
        """Let each number be corrected, under the names that are yielded."""
        if self._corrections is None:
            return
        for offered in specimen.of_numbers(image, reading, time_s=time.time()):
            self._corrections.offer(offered)
            yield offered.name


async def _received(chunks: AsyncIterator[bytes]) -> bytes:
    content = bytearray()
    try:
        async with asyncio.timeout(UPLOADS.arrival_s):
            async for chunk in chunks:
                content += chunk
                # Counted here, since a chunked body tells no length before.
                if len(content) > UPLOADS.most_bytes:
                    raise UploadError(
                        413,
                        f"larger than {UPLOADS.most_bytes // 10**6} MB; scale it down",
                    )
    except TimeoutError as error:
        raise UploadError(408, "the picture took too long to arrive") from error
    return bytes(content)


def decoded(content: bytes) -> NDArray[np.uint8]:
    """Return the picture in a JPEG or PNG file, turned as EXIF says.

    The size is looked up before anything is decoded: a small file may hold a picture
    larger than the memory. Other formats, whose decoders are less well tried, are
    refused.

    Raises:
        UploadError: It is none, torn, or too large.
    """
    size = size_wh(content)
    if size is None:
        known = foreign.what(content)
        got = "" if known is None else f", got {known}"
        raise UploadError(415, f"a JPEG or PNG picture expected{got}")
    width, height = size
    if not 0 < width * height <= UPLOADS.most_pixels:
        raise UploadError(
            413,
            f"{width}x{height} pixels, at most {UPLOADS.most_pixels // 10**6} "
            "megapixels expected; scale it down",
        )
    try:
        image = images.decode(content, "the picture")
    except ImageError as error:
        raise UploadError(422, str(error)) from error
    return geometry.turned(image, exif.rotation(content))


def size_wh(content: bytes) -> tuple[int, int] | None:
    """Return the pixels that a JPEG or PNG header tells; `None` if it tells none."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if not content.startswith(b"\xff\xd8"):
        return None
    place = 2
    while place + 9 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker == 0xFF:  # padding
            place += 1
        elif marker in _SIZE_MARKERS:
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return width, height
        else:
            place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")
    return None
