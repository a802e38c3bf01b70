"""Which cameras there are, by what Linux says of its video devices."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SYS = Path("/sys/class/video4linux")
# Video devices of a Raspberry Pi that are parts of its image processor, no cameras.
_NO_CAMERAS = ("bcm2835", "pispbe", "rp1-cfe", "rpi-", "rpivid", "unicam", "hevc")


@dataclass(frozen=True)
class Mode:
    """One way in which a camera delivers frames.

    Attributes:
        fourcc: Pixel format, as `--format` takes it.
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
    """Path -> the driver's name for it, of Linux' video devices that may capture."""
    found = {}
    for entry in sorted(_SYS.glob("video*"), key=_number):
        path = Path("/dev") / entry.name
        # A USB camera's second device carries metadata, no pictures.
        if path.exists() and _text(entry / "index") in ("0", ""):
            found[str(path)] = _text(entry / "name")
    return found


def find_device(name: str) -> str | None:
    """Path of the first video device with `name` in its name, whatever the case."""
    for path, known in device_names().items():
        if name.lower() in known.lower():
            return path
    return None


def likely_cameras() -> list[str]:
    """Devices worth trying when none is named."""
    if sys.platform != "linux":
        return ["0"]
    return [
        path
        for path, name in device_names().items()
        if not name.lower().startswith(_NO_CAMERAS)
    ]


def cameras_here() -> str:
    """What to do when a camera does not work, for the end of a message."""
    if found := ", ".join(device_names()):
        return f"video devices here: {found}"
    return "connect a camera, or try --source demo"


def list_devices() -> Iterator[Device]:
    """Cameras and their modes: all of Linux' own, then the Raspberry Pi's."""
    for path, name in device_names().items():
        yield _described(path, name)
    from edge_app.sources.cameras.picamera import list_picameras

    for path, name in list_picameras():
        yield Device(path, name, (), ())


def _described(path: str, name: str) -> Device:
    from linuxpy.video.device import Device as Opened

    try:
        with Opened(path) as opened:
            modes = tuple(_modes(opened.info))
            settings = tuple(_settings(opened.controls.values()))
    except OSError as error:
        return Device(path, f"{name} ({error.strerror})", (), ())
    return Device(path, name, modes, settings)


def _modes(info: Any) -> Iterator[Mode]:
    from linuxpy.video.device import BufferType

    for found in info.buffer_formats(BufferType.VIDEO_CAPTURE):
        fourcc = found.pixel_format
        for size in info.format_frame_sizes(fourcc):
            # A range of sizes, which some drivers have, is shown by its ends.
            for width, height in _ends(size.info):
                rates = info.fps_intervals(fourcc, width, height)
                fastest = [float(max(each.min_fps, each.max_fps)) for each in rates]
                fps = {round(rate, 2) for rate in fastest if rate > 0}
                yield Mode(
                    fourcc.human_str(),
                    f"{width}x{height}",
                    tuple(sorted(fps, reverse=True)),
                )


def _ends(size: Any) -> Iterator[tuple[int, int]]:
    if hasattr(size, "width"):
        yield size.width, size.height
    else:
        yield size.min_width, size.min_height
        yield size.max_width, size.max_height


def _settings(controls: Iterable[Any]) -> Iterator[str]:
    for control in controls:
        if control.config_name in ("exposure_time_absolute", "exposure_absolute"):
            # V4L2's unit is 0.1 ms.
            yield f"--exposure {control.minimum / 10} to {control.maximum / 10} ms"
        if control.config_name == "focus_absolute":
            yield f"--focus {control.minimum} to {control.maximum}"


def _number(path: Path) -> int:
    digits = path.name.removeprefix("video")
    return int(digits) if digits.isdecimal() else 0


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
