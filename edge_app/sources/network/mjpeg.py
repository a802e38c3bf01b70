"""JPEG pictures over HTTP, one after the other, as network cameras send them.

FFmpeg could read them, too, but hides which pictures arrived damaged and waits for
streams in ways that cannot be ended.
"""

import http.client
import logging
import time
from collections.abc import Iterator

from edge_app.common.errors import CameraError, in_words
from edge_app.sources.network.connect import CONNECTION
from edge_app.sources.network.urls import without_password
from edge_app.sources.pictures import jpeg
from edge_app.sources.source import DAMAGED_FOR_S, Frame

log = logging.getLogger(__name__)

_LONGEST_HEADER_BYTES = 2**16
_SHORTEST_INTERVAL_S = 1 / 100  # pictures that come faster are not even decoded


def boundary(response: http.client.HTTPResponse) -> bytes | None:
    """Return what separates a stream's pictures; `None` for other content."""
    headers = response.headers
    if headers.get_content_type() != "multipart/x-mixed-replace":
        return None
    # Some cameras declare it with the dashes that precede it, some without.
    return (headers.get_boundary() or "").strip("-").encode()


class MJPEGStream:
    """A stream of JPEG pictures over an open connection."""

    is_live = True
    is_moving = True

    def __init__(
        self, url: str, response: http.client.HTTPResponse, boundary: bytes
    ) -> None:
        """Read pictures from `response`, with `boundary` between them."""
        self.name = without_password(url)
        self._response = response
        self._boundary = boundary

    def frames(self) -> Iterator[Frame]:
        """Yield pictures as they arrive; damaged ones are left out.

        Raises:
            CameraError: The stream ended, broke off, fell silent, or for some seconds
                held nothing but damaged pictures.
        """
        good = time.monotonic()
        damaged = 0
        for content in self._pictures():
            time_s = time.monotonic()
            if time_s - good < _SHORTEST_INTERVAL_S:
                continue
            image = jpeg.camera_picture(content)
            if image is not None:
                good = time_s
                yield Frame(image, time_s)
                continue
            damaged += 1
            if damaged == 1:
                log.warning("%s: damaged pictures are left out", self.name)
            if time_s - good > DAMAGED_FOR_S:
                raise CameraError(f"{self.name}: sends only damaged pictures")

    def close(self) -> None:
        """Close the connection."""
        self._response.close()

    def _pictures(self) -> Iterator[bytes]:
        try:
            self._until_boundary()
            while True:
                length = self._length()
                if length is None:
                    yield self._until_boundary()
                else:
                    yield self._exactly(length)
                    self._until_boundary()
        except TimeoutError as error:
            message = f"{self.name}: the stream stalled for {CONNECTION.silence_s:g} s"
            raise CameraError(message) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            message = f"{self.name}: the stream broke off ({in_words(error)})"
            raise CameraError(message) from error

    def _length(self) -> int | None:
        """Return what a picture's headers say of its size, in bytes."""
        length = None
        while line := self._line().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length" and value.strip().isdigit():
                length = int(value)
        return length

    def _exactly(self, length: int) -> bytes:
        if length > CONNECTION.most_picture_bytes:
            raise ValueError(f"a picture of {length} bytes is announced")
        content = self._response.read(length)
        if len(content) < length:
            raise ConnectionError("the server hung up")
        return content

    def _until_boundary(self) -> bytes:
        content = bytearray()
        while len(content) <= CONNECTION.most_picture_bytes:
            line = self._line()
            if line.startswith(b"--") and line.strip().strip(b"-") == self._boundary:
                return bytes(content.removesuffix(b"\n").removesuffix(b"\r"))
            content += line
        raise ValueError(f"no end of a picture within {len(content)} bytes")

    def _line(self) -> bytes:
        line = self._response.readline(_LONGEST_HEADER_BYTES)
        if not line:
            raise ConnectionError("the server hung up")
        return line
