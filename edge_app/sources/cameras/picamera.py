"""A Raspberry Pi's own camera, through picamera2."""

import re
import time
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import numpy as np

from edge_app.common.errors import CameraError
from edge_app.sources.source import CameraOptions, Frame

_HOW_TO = (
    "picamera2 is not installed: on Raspberry Pi OS, sudo apt install "
    "python3-picamera2, and make the environment with python3 -m venv "
    "--system-site-packages"
)


def why_no_picamera() -> str | None:
    """Return why a Raspberry Pi's camera cannot be used here; `None` if it may work."""
    return _HOW_TO if find_spec("picamera2") is None else None


def list_picameras() -> list[tuple[str, str]]:
    """Return `--source` and model of each camera that libcamera knows."""
    if why_no_picamera() is not None:
        return []
    from picamera2 import Picamera2

    found = Picamera2.global_camera_info()
    return [(f"picamera:{camera['Num']}", camera["Model"]) for camera in found]


def opened(name: str, options: CameraOptions) -> "PiCamera | None":
    """Return the camera, if a name means one; see `source.SourceKind`.

    Raises:
        CameraError: It cannot be had.
    """
    found = re.fullmatch(r"picamera(?::(\d+))?", name)
    return None if found is None else PiCamera(int(found[1] or 0), options)


class PiCamera:
    """A Raspberry Pi camera by its number."""

    is_live = True
    is_moving = True

    def __init__(self, number: int, options: CameraOptions) -> None:
        """Open and start the camera.

        Raises:
            CameraError: picamera2 is not installed, there is no such camera, or it
                cannot be had.
        """
        self.name = f"picamera:{number}"
        if (reason := why_no_picamera()) is not None:
            raise CameraError(f"{self.name}: {reason}")
        if options.fourcc is not None:
            raise CameraError(f"{self.name}: has no --fourcc; it always gives BGR")
        from picamera2 import Picamera2

        try:
            self._camera = Picamera2(number)
            # What picamera2 calls RGB888 lies in memory as blue, green, red.
            size_wh = (640, 480) if options.size_wh is None else options.size_wh
            main = {"size": size_wh, "format": "RGB888"}
            self._camera.configure(
                self._camera.create_video_configuration(
                    main=main, controls=_controls(options), buffer_count=3, queue=False
                )
            )
            self._camera.start()
        except (IndexError, OSError, RuntimeError) as error:
            raise CameraError(
                f"{self.name}: cannot be opened ({error}); is it connected, and does "
                "no other program use it?"
            ) from error

    def frames(self) -> Iterator[Frame]:
        """Yield frames as the camera delivers them.

        Raises:
            CameraError: The camera stopped delivering.
        """
        while True:
            try:
                request = self._camera.capture_request()
            except (OSError, RuntimeError) as error:
                message = f"{self.name}: stopped delivering pictures ({error})"
                raise CameraError(message) from error
            try:
                image = request.make_array("main")
                stamp = request.get_metadata().get("SensorTimestamp")
            finally:
                request.release()
            yield Frame(np.asarray(image, np.uint8), _monotonic_s(stamp))

    def close(self) -> None:
        """Give the camera back."""
        self._camera.close()


def _controls(options: CameraOptions) -> dict[str, Any]:
    """Return the options in libcamera's terms.

    https://libcamera.org/api-html/namespacelibcamera_1_1controls.html
    """
    controls: dict[str, Any] = {}
    if options.fps is not None:
        controls["FrameRate"] = options.fps
    if options.exposure_ms is not None:
        controls["AeEnable"] = False
        controls["ExposureTime"] = round(1000 * options.exposure_ms)  # microseconds
    if options.focus is not None:
        controls["AfMode"] = 0  # AfModeManual
        controls["LensPosition"] = options.focus
    return controls


def _monotonic_s(sensor_ns: int | None) -> float:
    """Return a sensor's time stamp, nanoseconds since the boot, on our clock."""
    now = time.monotonic()
    if sensor_ns is None:
        return now
    age_s = time.clock_gettime(time.CLOCK_BOOTTIME) - sensor_ns / 1e9
    return now - max(0.0, age_s)
