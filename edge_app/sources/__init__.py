"""Where frames come from: `open_source` knows which class a name means."""

import logging
import re

from edge_app.errors import CameraError
from edge_app.sources.base import Frame, Source
from edge_app.sources.camera import Camera, camera_indexes
from edge_app.sources.clip import Clip
from edge_app.sources.demo import Demo

__all__ = ["Frame", "Source", "open_source"]

log = logging.getLogger(__name__)


def open_source(name: str) -> Source:
    """The source of a name, opened.

    Args:
        name: `auto` (the first camera that works, else the demo scene), `demo`, a
            camera's index or `/dev/videoN`, a video file's path, or a stream's URL.

    Raises:
        CameraError: It cannot be opened.
    """
    if name == "auto":
        return _first_camera() or Demo()
    if name == "demo":
        return Demo()
    if index := re.fullmatch(r"(?:/dev/video)?(\d+)", name):
        return Camera(int(index[1]))
    return Clip(name)


def _first_camera() -> Camera | None:
    indexes = camera_indexes()
    for index in indexes:
        try:
            return Camera(index)
        except CameraError as error:
            reason = str(error)
    why = f"No camera works ({reason})" if indexes else "No camera found"
    log.warning("%s; showing the built-in demo scene.", why)
    return None
