"""A camera that OpenCV can open: USB webcams, laptop cameras."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from edge_app.errors import CameraError
from edge_app.quiet import quiet
from edge_app.sources.base import Frame


class Camera:
    """A camera by its index."""

    def __init__(self, index: int) -> None:
        """Open the camera.

        Raises:
            CameraError: There is no such camera, or it gives no picture.
        """
        self.name = str(index)
        # OpenCV probes every backend for a camera that is not there, which takes long.
        if sys.platform == "linux" and not Path(f"/dev/video{index}").exists():
            raise CameraError(
                f"camera {index}: there is no /dev/video{index}; {_cameras_here()}"
            )
        with quiet():  # the backends' own complaints
            self._capture = cv2.VideoCapture(index)
            # Else the driver queues pictures, and what is read is seconds old.
            self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
            works = self._capture.isOpened() and self._capture.read()[0]
        if not works:
            self._capture.release()
            raise CameraError(
                f"camera {index}: cannot be opened or gives no picture; is another "
                f"program using it, or is it no camera? {_cameras_here()}"
            )

    def frames(self) -> Iterator[Frame]:
        """Frames as the camera delivers them.

        Raises:
            CameraError: The camera stopped delivering, e.g. was unplugged.
        """
        while True:
            ok, image = self._capture.read()
            if not ok:
                raise CameraError(f"camera {self.name}: stopped delivering pictures")
            yield Frame(np.asarray(image, np.uint8), time.monotonic())

    def close(self) -> None:
        """Give the camera back."""
        self._capture.release()


def camera_indexes() -> list[int]:
    """Indexes that may be cameras: Linux' video devices, elsewhere the first alone."""
    if sys.platform != "linux":
        return [0]
    names = (path.name.removeprefix("video") for path in Path("/dev").glob("video*"))
    return sorted(int(name) for name in names if name.isdecimal())


def _cameras_here() -> str:
    found = ", ".join(map(str, camera_indexes()))
    if found:
        return f"video devices here: {found}"
    return "connect a camera, or try --source demo"
