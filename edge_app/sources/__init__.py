"""The sources of frames: `open_source` opens what a name means.

A new kind of source is a module with such a function as `demo_source.opened`, and a
line in `SOURCE_KINDS`.
"""

import logging

from edge_app.common.errors import CameraError
from edge_app.sources.cameras import camera, picamera
from edge_app.sources.cameras.camera import Camera
from edge_app.sources.cameras.devices import likely_cameras
from edge_app.sources.cameras.picamera import PiCamera, why_no_picamera
from edge_app.sources.demo import demo_source
from edge_app.sources.pictures import clip, folder
from edge_app.sources.source import CameraOptions, Frame, Source, SourceKind

__all__ = ["CameraOptions", "Frame", "Source", "first_camera", "open_source"]

log = logging.getLogger(__name__)

_NO_OPTIONS = CameraOptions()


def open_source(name: str, options: CameraOptions = _NO_OPTIONS) -> Source:
    """Return the source of a name, opened.

    Args:
        name: `auto` (the first camera that works, else the demo scene), `demo`,
            `picamera` (`picamera:1` for the second), a camera's index, `/dev/` path or
            part of its name, a video file's path, an image's, a folder of images or a
            pattern such as `shots/*.jpg`, or a stream's URL.
        options: Asked of a camera.

    Raises:
        CameraError: It cannot be opened, or cannot do what the options ask.
        ValueError: The name is no text, or the options are none.

    Examples:
        >>> source = open_source("demo")
        >>> frame = next(source.frames())
        >>> frame.image.shape
        (480, 640, 3)
        >>> source.close()
    """
    if not (isinstance(name, str) and name):
        raise ValueError(f"name: a source such as '0' expected, got {name!r}")
    if not isinstance(options, CameraOptions):
        raise ValueError(f"options: CameraOptions(...) expected, got {options!r}")
    if options.interval_s is not None and "://" not in name:
        raise CameraError(f"{name}: --interval is for pictures at an http:// URL")
    if name == "auto":
        try:
            return first_camera(options)
        except CameraError as error:
            log.warning("%s; showing the built-in demo scene.", error)
            name = "demo"
    for opened in SOURCE_KINDS:
        if (source := opened(name, options)) is not None:
            return source
    raise CameraError(
        f"{name}: no such file, folder or camera; a source is a camera's index, device "
        "or name (see edge-digits cameras), a video file, a folder or pattern of "
        "images, a URL, picamera or demo"
    )


def _url(name: str, options: CameraOptions) -> Source | None:
    if "://" not in name:
        return None
    from edge_app.sources.network import open_url

    options.refuse(name)
    return open_url(name, options.interval_s)


# Each opens what a name means, if it is one of its kind; the first that does is taken.
SOURCE_KINDS: tuple[SourceKind, ...] = (
    demo_source.opened,
    picamera.opened,
    camera.opened,
    _url,
    folder.opened,
    clip.opened,
    camera.opened_by_name,
)


def first_camera(options: CameraOptions = _NO_OPTIONS) -> Source:
    """Return the first camera that works, opened.

    Raises:
        CameraError: There is none.
    """
    reason = None
    for device in likely_cameras():
        try:
            return Camera(device, options)
        except CameraError as error:
            reason = error
    if why_no_picamera() is None:
        try:
            return PiCamera(0, options)
        except CameraError as error:
            reason = error
    raise CameraError(f"No camera works ({reason})" if reason else "No camera found")
