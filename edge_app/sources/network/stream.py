"""A network stream that OpenCV's FFmpeg understands: RTSP, HLS, MPEG-TS."""

import time
from collections.abc import Iterator

import cv2
import numpy as np

from edge_app.common.errors import CameraError
from edge_app.sources.network import rtsp
from edge_app.sources.network.urls import without_password
from edge_app.sources.source import Frame

# FFmpeg waits for ever by itself. OpenCV tries three reads before it gives up, and a
# silent stream is to be noticed within 5 s.
TIMEOUTS_MS = [
    *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, 4500),
    *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, 1500),
]


class Stream:
    """A stream by its URL."""

    is_live = True
    is_moving = True

    def __init__(self, url: str) -> None:
        """Connect.

        Raises:
            CameraError: Nobody answers, or with nothing that can be decoded.
        """
        self.name = without_password(url)
        self._capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG, TIMEOUTS_MS)
        if not self._capture.isOpened():
            raise CameraError(f"{self.name}: {_why_not(url)}")

    def frames(self) -> Iterator[Frame]:
        """Yield frames as they arrive.

        Raises:
            CameraError: The stream ended or broke off.
        """
        while True:
            ok, image = self._capture.read()
            if not ok:
                raise CameraError(f"{self.name}: the stream broke off")
            yield Frame(np.asarray(image, np.uint8), time.monotonic())

    def close(self) -> None:
        """Close the connection."""
        self._capture.release()


def _why_not(url: str) -> str:
    known = rtsp.why_not(url) if url.lower().startswith("rtsp://") else None
    return known or "cannot be opened as a video; does the server run?"
