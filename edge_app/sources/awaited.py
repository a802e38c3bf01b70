"""Sources that may be away for now, and what can never be one of them."""

import os
import re
import stat
import sys
from pathlib import Path
from urllib.parse import urlsplit

from edge_app.common.errors import CameraError
from edge_app.sources.cameras.devices import cameras_here
from edge_app.sources.cameras.picamera import why_no_picamera
from edge_app.sources.network.urls import without_password
from edge_app.sources.source import CameraOptions

_MOST_CAMERAS = 256  # Linux' V4L2 has no more minor numbers
_V4L2_MAJOR = 81  # https://docs.kernel.org/admin-guide/devices.html
_PROTOCOLS = {
    "hls", "http", "https", "rtmp", "rtmps", "rtp", "rtsp", "rtsps", "srt", "tcp", "udp"
}  # fmt: skip


def is_awaited(name: str) -> bool:
    """Return whether a name is that of a camera or stream, which may be away for now.

    A name of several words is a camera's; one word may be a file that is misspelt.
    """
    if "://" in name or re.fullmatch(r"picamera(:\d+)?|\d+|/dev/\S+", name):
        return True
    path = Path(name)
    is_words = " " in name and not (path.suffix or "/" in name or path.exists())
    return is_words and not re.search(r"[*?\[]", name)


def check(name: str, options: CameraOptions) -> None:
    """Look at the name of an awaited source before anything is opened.

    Raises:
        CameraError: No waiting would help.
    """
    if options.interval_s is not None and "://" not in name:
        raise CameraError(f"{name}: --interval is for pictures at an http:// URL")
    if "://" in name:
        if given := options.given():
            raise CameraError(
                f"{without_password(name)}: --{given[0]} is for cameras; leave it out "
                "here"
            )
        _check_url(name)
        return
    if name.startswith("picamera"):
        if (reason := why_no_picamera()) is not None:
            raise CameraError(f"{name}: {reason}")
        if options.fourcc is not None:
            raise CameraError(f"{name}: has no --fourcc; it always gives BGR")
    elif sys.platform == "linux":
        _check_device(name)


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError as error:  # a port such as 99999
        raise CameraError(f"{url}: no URL ({error})") from error
    shown = without_password(url)
    if parts.scheme.lower() not in _PROTOCOLS:
        known = ", ".join(sorted(_PROTOCOLS))
        raise CameraError(
            f"{shown}: no stream is got by {parts.scheme}, but by one of {known}"
        )
    if not has_host and parts.scheme.lower() not in ("udp", "rtp", "tcp", "srt"):
        raise CameraError(f"{shown}: names no machine; rtsp://camera.local/live would")


def _check_device(name: str) -> None:
    if name.isdecimal():
        if int(name) >= _MOST_CAMERAS:
            raise CameraError(
                f"camera {name}: there can be no /dev/video{int(name)}, only numbers "
                f"below {_MOST_CAMERAS}; {cameras_here()}"
            )
        return
    try:
        state = Path(name).stat()
    except OSError:  # not there yet
        return
    is_video = stat.S_ISCHR(state.st_mode) and os.major(state.st_rdev) == _V4L2_MAJOR
    if not is_video:
        raise CameraError(f"camera {name}: is no camera; {cameras_here()}")
