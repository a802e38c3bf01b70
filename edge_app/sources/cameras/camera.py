"""A camera that OpenCV can open: USB webcams, laptop cameras."""

import logging
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from edge_app.common.errors import CameraError
from edge_app.sources.cameras.devices import cameras_here, find_device
from edge_app.sources.source import (
    DAMAGED_FOR_S,
    AdjustableSource,
    Adjustment,
    CameraOptions,
    Frame,
)

log = logging.getLogger(__name__)

_MANUAL_EXPOSURE_OF_OPENCV = 1  # V4L2_EXPOSURE_MANUAL
_EXPOSURE_STEPS_PER_MS = 10  # V4L2_CID_EXPOSURE_ABSOLUTE counts 100 microseconds
_LONGEST_QUEUED_S = 2.0  # an older stamp is of another clock than ours


def opened(name: str, options: CameraOptions) -> "Camera | None":
    """Return the camera, if a name is an index or a device; see `source.SourceKind`.

    Raises:
        CameraError: It cannot be had.
    """
    return Camera(name, options) if re.fullmatch(r"\d+|/dev/\S+", name) else None


def opened_by_name(name: str, options: CameraOptions) -> "Camera | None":
    """Return the camera that has a name in its own; see `source.SourceKind`.

    Raises:
        CameraError: It cannot be had.
    """
    device = find_device(name)
    return None if device is None else Camera(device, options)


class Camera:
    """A camera by its index or device."""

    is_live = True
    is_moving = True

    def __init__(self, name: str, options: CameraOptions) -> None:
        """Open the camera.

        Args:
            name: Its index, or on Linux its path, e.g. `/dev/video0`.
            options: What it is asked for. What it does not do is logged.

        Raises:
            CameraError: There is no such camera, or it gives no picture.
        """
        self.name = name
        path = f"/dev/video{int(name)}" if name.isdecimal() else name
        on_linux = sys.platform == "linux"
        # OpenCV probes every backend for a camera that is not there, which takes long.
        if on_linux and not Path(path).exists():
            raise CameraError(f"camera {name}: there is no {path}; {cameras_here()}")
        if on_linux:
            from edge_app.sources.cameras.adjusting import Adjusting

            self._adjusting: AdjustableSource | None = Adjusting(path)
            self._capture = cv2.VideoCapture(path, cv2.CAP_V4L2)
        else:
            self._adjusting = None
            self._capture = cv2.VideoCapture(int(name) if name.isdecimal() else name)
        _apply(self._capture, options, name)
        if not (self._capture.isOpened() and self._capture.read()[0]):
            self._capture.release()
            raise CameraError(
                f"camera {name}: cannot be opened or gives no picture; is another "
                f"program using it, or is it no camera? {cameras_here()}"
            )
        _compare(self._capture, options, name)

    def frames(self) -> Iterator[Frame]:
        """Yield frames as the camera delivers them; damaged ones are left out.

        Raises:
            CameraError: The camera stopped delivering, e.g. was unplugged.
        """
        good = time.monotonic()
        while True:
            if not self._capture.grab():
                raise CameraError(f"camera {self.name}: stopped delivering pictures")
            time_s = self._captured_s()
            ok, image = self._capture.retrieve()
            if ok and image is not None and image.size:
                good = time_s
                yield Frame(np.asarray(image, np.uint8), time_s)
            elif time.monotonic() - good > DAMAGED_FOR_S:
                raise CameraError(f"camera {self.name}: gives only damaged pictures")

    def adjustments(self) -> list[Adjustment]:
        """Return what can be adjusted, as it is now; nothing but on Linux."""
        return [] if self._adjusting is None else self._adjusting.adjustments()

    def adjust(self, name: str, value: float | None) -> None:
        """Set a value, or leave it to the camera.

        Raises:
            OSError: The camera refuses it.
        """
        if self._adjusting is not None:
            self._adjusting.adjust(name, value)

    def close(self) -> None:
        """Give the camera back."""
        self._capture.release()

    def _captured_s(self) -> float:
        """Return when the frame grabbed last was captured, if the driver says."""
        now = time.monotonic()
        # V4L2 stamps frames with the same clock when it fills them.
        stamp = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        return stamp if 0 <= now - stamp < _LONGEST_QUEUED_S else now


def _apply(capture: cv2.VideoCapture, options: CameraOptions, name: str) -> None:
    # Else the driver queues pictures, and what is read is seconds old.
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    # The format first: which sizes and rates there are depends on it.
    if options.fourcc is not None:
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*options.fourcc))
    if options.size_wh is not None:
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, options.size_wh[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, options.size_wh[1])
    if options.fps is not None:
        capture.set(cv2.CAP_PROP_FPS, options.fps)
    if options.exposure_ms is not None:
        steps = round(options.exposure_ms * _EXPOSURE_STEPS_PER_MS)
        manual = capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, _MANUAL_EXPOSURE_OF_OPENCV)
        if not (manual and capture.set(cv2.CAP_PROP_EXPOSURE, steps)):
            log.warning("camera %s: its exposure cannot be set", name)
    if options.focus is not None:
        capture.set(cv2.CAP_PROP_AUTOFOCUS, 0)
        if not capture.set(cv2.CAP_PROP_FOCUS, options.focus):
            log.warning("camera %s: its focus cannot be set", name)


def _compare(capture: cv2.VideoCapture, options: CameraOptions, name: str) -> None:
    """Log what the driver chose instead of what was asked: it takes the nearest."""
    size = tuple(
        int(capture.get(prop))
        for prop in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)
    )
    if options.size_wh not in (None, size):
        log.warning(
            "camera %s: gives %dx%d instead of %dx%d", name, *size, *options.size_wh
        )
    code = int(capture.get(cv2.CAP_PROP_FOURCC))
    fourcc = code.to_bytes(4, "little").decode("latin-1")
    if options.fourcc not in (None, fourcc):
        log.warning("camera %s: gives %s instead of %s", name, fourcc, options.fourcc)
    fps = capture.get(cv2.CAP_PROP_FPS)
    if options.fps is not None and abs(fps - options.fps) > 0.5:
        log.warning(
            "camera %s: gives %g frames/s instead of %g", name, fps, options.fps
        )
