"""The settings and modes of Linux' video devices: ioctls of videodev2.h.

https://docs.kernel.org/userspace-api/media/v4l/user-func.html
"""

import errno
import fcntl
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

CAPTURE = 1  # V4L2_BUF_TYPE_VIDEO_CAPTURE

EXPOSURE_AUTO = 0x009A0901  # V4L2_CID_EXPOSURE_AUTO
EXPOSURE = 0x009A0902  # V4L2_CID_EXPOSURE_ABSOLUTE
STEPS_PER_MS = 10  # of it: it counts 100 microseconds
FOCUS = 0x009A090A  # V4L2_CID_FOCUS_ABSOLUTE
FOCUS_AUTO = 0x009A090C  # V4L2_CID_FOCUS_AUTO
MANUAL_EXPOSURE = 1  # V4L2_EXPOSURE_MANUAL
AUTO_EXPOSURES = (3, 0)  # of aperture priority, which webcams have, and of all

_DISABLED = 1  # V4L2_CTRL_FLAG_DISABLED
_DISCRETE = 1  # of V4L2_FRMSIZE_TYPE_ and V4L2_FRMIVAL_TYPE_
_READ_WRITE = 3  # _IOC_READ | _IOC_WRITE

# Each struct as the kernel has it, and the number of the ioctl that takes it.
FORMAT = struct.Struct("=3I32s5I"), 2  # v4l2_fmtdesc, VIDIOC_ENUM_FMT
SIZE = struct.Struct("=3I6I2I"), 74  # v4l2_frmsizeenum, VIDIOC_ENUM_FRAMESIZES
RATE = struct.Struct("=5I6I2I"), 75  # v4l2_frmivalenum, VIDIOC_ENUM_FRAMEINTERVALS
QUERY = struct.Struct("=2I32s4i3I"), 36  # v4l2_queryctrl, VIDIOC_QUERYCTRL
GET = struct.Struct("=Ii"), 27  # v4l2_control, VIDIOC_G_CTRL
SET = struct.Struct("=Ii"), 28  # v4l2_control, VIDIOC_S_CTRL


@dataclass(frozen=True)
class Control:
    """A control of a camera.

    Attributes:
        minimum: Its least value, in the driver's steps.
        maximum: Its greatest one.
        step: From one value to the next.
    """

    minimum: int
    maximum: int
    step: int


def request(what: tuple[struct.Struct, int]) -> int:
    """Return the number of an ioctl, as `_IOWR` of the kernel makes it."""
    layout, number = what
    return _READ_WRITE << 30 | layout.size << 16 | ord("V") << 8 | number


def formats(device: int) -> Iterator[int]:
    """Yield the pixel formats of a device that is open, by their four characters."""
    for index in range(1000):
        found = _asked(device, FORMAT, index, CAPTURE, 0, b"", 0, 0, 0, 0, 0)
        if found is None:
            return
        yield found[4]


def sizes_wh(device: int, pixel_format: int) -> Iterator[tuple[int, int]]:
    """Yield the sizes of frames in a format; of a range, its ends."""
    for index in range(1000):
        found = _asked(device, SIZE, index, pixel_format, *[0] * 9)
        if found is None:
            return
        kind, width, height, *more = found[2:]
        if kind == _DISCRETE:
            yield width, height
            continue
        # Least width, greatest width, step; the same of the height.
        yield width, more[1]
        yield height, more[2]
        return


def rates(device: int, pixel_format: int, size_wh: tuple[int, int]) -> Iterator[float]:
    """Yield frames a second in a format and size; of a range, the most."""
    for index in range(1000):
        found = _asked(device, RATE, index, pixel_format, *size_wh, *[0] * 9)
        if found is None:
            return
        kind, numerator, denominator = found[4:7]
        if numerator:  # of seconds a frame
            yield denominator / numerator
        if kind != _DISCRETE:
            return


def control(device: int, identity: int) -> Control | None:
    """Return a control of a device; `None` if it has none of that identity."""
    found = _asked(device, QUERY, identity, 0, b"", *[0] * 7)
    if found is None or found[7] & _DISABLED:
        return None
    return Control(*found[3:6])


def get(device: int, identity: int) -> int | None:
    """Return the value of a control; `None` if it cannot be read."""
    found = _asked(device, GET, identity, 0)
    return None if found is None else int(found[1])


def put(device: int, identity: int, value: int) -> None:
    """Set a control.

    Raises:
        OSError: The driver refuses it.
    """
    fcntl.ioctl(device, request(SET), SET[0].pack(identity, value))


def _asked(
    device: int, what: tuple[struct.Struct, int], *values: object
) -> tuple[Any, ...] | None:
    """Return what the driver fills in; `None` where it has nothing to say."""
    layout, _ = what
    content = bytearray(layout.pack(*values))
    try:
        fcntl.ioctl(device, request(what), content)
    except OSError as error:
        if error.errno in (errno.EINVAL, errno.ENOTTY, errno.EACCES, errno.EIO):
            return None
        raise
    return layout.unpack(content)
