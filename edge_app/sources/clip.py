"""A video file or a network stream, through OpenCV's FFmpeg."""

import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from edge_app.errors import CameraError
from edge_app.quiet import quiet
from edge_app.sources.base import Frame


class Clip:
    """A video file, every frame of it, or a stream (HTTP MJPEG, RTSP)."""

    def __init__(self, name: str) -> None:
        """Open a file by its path or a stream by its URL.

        Raises:
            CameraError: It does not exist or cannot be decoded.
        """
        self.name = name
        self._is_stream = "://" in name
        if not self._is_stream and not Path(name).exists():
            raise CameraError(
                f"{name}: no such file; a source is a camera's index, a video file, a "
                "URL or demo"
            )
        with quiet():  # FFmpeg's own complaints
            self._capture = cv2.VideoCapture(name, cv2.CAP_FFMPEG)
        if not self._capture.isOpened():
            raise CameraError(
                f"{name}: cannot be opened as a video; "
                + ("does the server run?" if self._is_stream else "is it one?")
            )

    def frames(self) -> Iterator[Frame]:
        """Frames until the file ends.

        Raises:
            CameraError: The file holds no frame, or the stream broke off.
        """
        for count in itertools.count():
            ok, image = self._capture.read()
            if not ok and self._is_stream:
                raise CameraError(f"{self.name}: the stream broke off")
            if not ok and not count:
                raise CameraError(f"{self.name}: holds no picture that can be decoded")
            if not ok:
                return
            position_s = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
            time_s = time.monotonic() if self._is_stream else position_s
            yield Frame(np.asarray(image, np.uint8), time_s)

    def close(self) -> None:
        """Close the file or the connection."""
        self._capture.release()
