"""Where frames come from: `open_source` knows which class a name means."""

import logging
import re
from pathlib import Path

from edge_app.common.errors import CameraError
from edge_app.sources.cameras.camera import Camera
from edge_app.sources.cameras.devices import find_device, likely_cameras
from edge_app.sources.demo.demo_source import Demo
from edge_app.sources.pictures.clip import Clip
from edge_app.sources.pictures.folder import Folder, is_image
from edge_app.sources.source import CameraOptions, Frame, Source

__all__ = ["CameraOptions", "Frame", "Source", "first_camera", "open_source"]

log = logging.getLogger(__name__)

_NO_OPTIONS = CameraOptions()
_WILD = re.compile(r"[*?\[]")


def open_source(name: str, options: CameraOptions = _NO_OPTIONS) -> Source:
    """The source of a name, opened.

    Args:
        name: `auto` (the first camera that works, else the demo scene), `demo`,
            `picamera` (`picamera:1` for the second), a camera's index, `/dev/` path or
            part of its name, a video file's path, an image's, a folder of images or a
            pattern such as `shots/*.jpg`, or a stream's URL.
        options: Asked of a camera.

    Raises:
        CameraError: It cannot be opened, or cannot do what the options ask.

    Examples:
        >>> source = open_source("demo")
        >>> frame = next(source.frames())
        >>> frame.image.shape
        (480, 640, 3)
        >>> source.close()
    """
    if options.interval_s is not None and "://" not in name:
        raise CameraError(f"{name}: --interval is for pictures at an http:// URL")
    if name == "auto":
        try:
            return first_camera(options)
        except CameraError as error:
            log.warning("%s; showing the built-in demo scene.", error)
            return _demo(options)
    if name == "demo":
        return _demo(options)
    if pi := re.fullmatch(r"picamera(?::(\d+))?", name):
        from edge_app.sources.cameras.picamera import PiCamera

        return PiCamera(int(pi[1] or 0), options)
    if re.fullmatch(r"\d+|/dev/\S+", name):
        return Camera(name, options)
    if "://" in name:
        from edge_app.sources.network import open_url

        _refuse(options, name)
        return open_url(name, options.interval_s)
    path = Path(name)
    is_pictures = path.is_dir() or (path.is_file() and is_image(path))
    if is_pictures or (_WILD.search(name) and not path.exists()):
        _refuse(options, name)
        return Folder(name)
    if path.exists():
        _refuse(options, name)
        return Clip(name)
    if (device := find_device(name)) is not None:
        return Camera(device, options)
    raise CameraError(
        f"{name}: no such file, folder or camera; a source is a camera's index, device "
        "or name (see edge-digits cameras), a video file, a folder or pattern of "
        "images, a URL, picamera or demo"
    )


def _demo(options: CameraOptions) -> Demo:
    unfit = set(options.given()) - {"size", "fps"}
    if unfit:
        raise CameraError(f"demo: has no --{min(unfit)}; only cameras do")
    return Demo(size_wh=options.size_wh or (640, 480), fps=options.fps or 15.0)


def _refuse(options: CameraOptions, name: str) -> None:
    if given := options.given():
        raise CameraError(f"{name}: --{given[0]} is for cameras; leave it out here")


def first_camera(options: CameraOptions = _NO_OPTIONS) -> Source:
    """The first camera that works, opened.

    Raises:
        CameraError: There is none.
    """
    reason = None
    for device in likely_cameras():
        try:
            return Camera(device, options)
        except CameraError as error:
            reason = error
    from edge_app.sources.cameras.picamera import PiCamera, why_no_picamera

    if why_no_picamera() is None:
        try:
            return PiCamera(0, options)
        except CameraError as error:
            reason = error
    raise CameraError(f"No camera works ({reason})" if reason else "No camera found")
