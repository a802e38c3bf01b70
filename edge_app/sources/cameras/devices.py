"""The cameras there are, by what Linux says of its video devices."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_SYS = Path("/sys/class/video4linux")
# Video devices of a Raspberry Pi that are parts of its image processor, no cameras.
_NO_CAMERAS = ("bcm2835", "pispbe", "rp1-cfe", "rpi-", "rpivid", "unicam", "hevc")


@dataclass(frozen=True)
class Mode:
    """One way in which a camera delivers frames.

    Attributes:
        fourcc: Pixel format, as `--fourcc` takes it.
        size: Width and height, as `--size` takes it.
        fps: Frames per second it can be set to, falling.
    """

    fourcc: str
    size: str
    fps: tuple[float, ...]


@dataclass(frozen=True)
class Device:
    """A camera and what it can do.

    Attributes:
        path: What `--source` takes.
        name: What the driver calls it; a part of it does for `--source`, too.
        modes: What it can deliver; empty where it does not say.
        settings: The options `--exposure` and `--focus` with their ranges, where the
            driver has them.
    """

    path: str
    name: str
    modes: tuple[Mode, ...]
    settings: tuple[str, ...]


def device_names() -> dict[str, str]:
    """Return, by path, the driver's names of Linux' video devices that may capture."""
    found = {}
    for entry in sorted(_SYS.glob("video*"), key=_number):
        path = Path("/dev") / entry.name
        # A USB camera's second device carries metadata, no pictures.
        if path.exists() and _text(entry / "index") in ("0", ""):
            found[str(path)] = _text(entry / "name")
    return found


def find_device(name: str) -> str | None:
    """Return the path of the first device with `name` in its name, in any case."""
    for path, known in device_names().items():
        if name.lower() in known.lower():
            return path
    return None


def likely_cameras() -> list[str]:
    """Return the devices worth trying when none is named."""
    if sys.platform != "linux":
        return ["0"]
    return [
        path
        for path, name in device_names().items()
        if not name.lower().startswith(_NO_CAMERAS)
    ]


def cameras_here() -> str:
    """Return what to do when a camera does not work, for the end of a message."""
    if found := ", ".join(device_names()):
        return f"video devices here: {found}"
    return "connect a camera, or try --source demo"


def list_devices() -> Iterator[Device]:
    """Yield cameras and their modes: all of Linux' own, then the Raspberry Pi's."""
    for path, name in device_names().items():
        yield _described(path, name)
    from edge_app.sources.cameras.picamera import list_picameras

    for path, name in list_picameras():
        yield Device(path, name, (), ())


def _described(path: str, name: str) -> Device:
    try:
        device = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    except OSError as error:
        return Device(path, f"{name} ({error.strerror})", (), ())
    try:
        return Device(path, name, tuple(_modes(device)), tuple(_settings(device)))
    except OSError as error:
        return Device(path, f"{name} ({error.strerror})", (), ())
    finally:
        os.close(device)


def _modes(device: int) -> Iterator[Mode]:
    from edge_app.sources.cameras import v4l2

    for pixel_format in v4l2.formats(device):
        fourcc = pixel_format.to_bytes(4, "little").decode("latin-1")
        for size_wh in v4l2.sizes_wh(device, pixel_format):
            fps = {round(rate, 2) for rate in v4l2.rates(device, pixel_format, size_wh)}
            size = f"{size_wh[0]}x{size_wh[1]}"
            yield Mode(fourcc, size, tuple(sorted(fps, reverse=True)))


def _settings(device: int) -> Iterator[str]:
    from edge_app.sources.cameras import v4l2

    if (found := v4l2.control(device, v4l2.EXPOSURE)) is not None:
        least, most = (
            limit / v4l2.STEPS_PER_MS for limit in (found.minimum, found.maximum)
        )
        yield f"--exposure {least} to {most} ms"
    if (found := v4l2.control(device, v4l2.FOCUS)) is not None:
        yield f"--focus {found.minimum} to {found.maximum}"


def _number(path: Path) -> int:
    digits = path.name.removeprefix("video")
    return int(digits) if digits.isdecimal() else 0


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
