"""A video file that a server holds, read from there."""

import http.client
from collections.abc import Iterator

import cv2

from edge_app.common.errors import CameraError, UnfitSourceError
from edge_app.sources.network import mp4
from edge_app.sources.network.stream import TIMEOUTS_MS
from edge_app.sources.network.urls import without_password
from edge_app.sources.pictures.clip import Clip
from edge_app.sources.source import Frame

# Of the frames announced: some files announce a few too many.
_LEAST_SHARE_OF_FRAMES = 0.95


class RemoteClip(Clip):
    """A video file by its URL, every frame of it, once."""

    def __init__(self, url: str, response: http.client.HTTPResponse) -> None:
        """Open a file whose beginning `response` holds.

        Raises:
            UnfitSourceError: It cannot be read from there; the message says why.
        """
        self.name = without_password(url)
        self._capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG, TIMEOUTS_MS)
        with response:
            # FFmpeg opens files that it then cannot read.
            self._first = self._next() if self._capture.isOpened() else None
            if self._first is not None:
                return
            self._capture.release()
            if mp4.has_index_at_end(response):
                raise UnfitSourceError(
                    f"{self.name}: the index of this MP4 file (moov) is at its end, "
                    "where this server lets nobody begin to read; download the file, "
                    "or move its index: ffmpeg -i IN -c copy -movflags +faststart OUT"
                )
        raise UnfitSourceError(
            f"{self.name}: a file that is no picture and cannot be opened as a video"
        )

    def frames(self) -> Iterator[Frame]:
        """Yield frames until the file ends.

        Raises:
            CameraError: It broke off before.
        """
        announced = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        frame, self._first = self._first, None
        count = 0
        while frame is not None:
            yield frame
            count += 1
            frame = self._next()
        if count < _LEAST_SHARE_OF_FRAMES * announced:
            raise CameraError(
                f"{self.name}: broke off after {count} of {announced:.0f} pictures"
            )
