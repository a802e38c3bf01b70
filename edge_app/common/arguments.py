"""Checks of what callers of the library pass: what came and what was expected."""

import math
import re
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_app.common import geometry
from edge_app.common.option_types import LONGEST_SIDE_PX, expression
from edge_app.common.process.environment import MAX_IMAGE_PIXELS

_MOST_THREADS = 256  # a runtime starts them all at once, and crashes where it cannot


def check_rotate(rotate: Any, *, or_auto: bool) -> None:
    """Check degrees by which frames are turned.

    Raises:
        ValueError: They are no quarter of a turn.
    """
    is_whole = isinstance(rotate, int | np.integer) and not isinstance(rotate, bool)
    is_quarter = is_whole and rotate in geometry.QUARTERS
    if not is_quarter and not (
        or_auto and isinstance(rotate, str) and rotate == "auto"
    ):
        expected = "0, 90, 180, 270 or 'auto'" if or_auto else "0, 90, 180 or 270"
        raise ValueError(f"rotate: {expected} expected, got {rotate!r}")


def check_region(roi_xywh: Any) -> None:
    """Check a part of a frame.

    Raises:
        ValueError: It is not four integers with a width and a height.
    """
    try:
        values = tuple(roi_xywh)
    except TypeError:
        values = ()
    is_whole = all(isinstance(value, int | np.integer) for value in values)
    if not (is_whole and len(values) == 4 and min(values[2:]) > 0):
        raise ValueError(
            "roi_xywh: four integers expected, x, y, a width and a height above 0, "
            f"got {roi_xywh!r}"
        )


def compiled(expect: Any) -> "re.Pattern[str] | None":
    """Return a regular expression, compiled; `None` where there is none.

    Raises:
        ValueError: It is none.
    """
    if expect is None:
        return None
    if not isinstance(expect, str):
        raise ValueError(f"expect: a regular expression expected, got {expect!r}")
    try:
        return expression(expect)
    except ValueError as error:
        raise ValueError(f"{expect!r}: not a regular expression ({error})") from error


def check_confidence(min_confidence: Any) -> None:
    """Check a share.

    Raises:
        ValueError: It is no number from 0 to 1.
    """
    if not (isinstance(min_confidence, Real) and 0 <= float(min_confidence) <= 1):
        raise ValueError(f"min_confidence: 0 to 1 expected, got {min_confidence!r}")


def check_switch(name: str, value: Any) -> None:
    """Check what is on or off.

    Raises:
        ValueError: It is neither.
    """
    if not isinstance(value, bool):
        raise ValueError(f"{name}: True or False expected, got {value!r}")


def check_threads(num_threads: Any) -> None:
    """Check how many threads a runtime gets.

    Raises:
        ValueError: It is no such number.
    """
    if type(num_threads) is not int or not 1 <= num_threads <= _MOST_THREADS:
        raise ValueError(
            f"num_threads: 1 to {_MOST_THREADS} expected, got {num_threads!r}"
        )


def check_size(size_wh: Any) -> None:
    """Check the size of a camera's frames.

    Raises:
        ValueError: It is no width and height, or more than a camera has.
    """
    values = tuple(size_wh) if isinstance(size_wh, list | tuple) else ()
    is_whole = all(isinstance(value, int | np.integer) for value in values)
    if not (is_whole and len(values) == 2 and min(values) > 0):
        raise ValueError(
            "size_wh: two integers expected, a width and a height above 0, got "
            f"{size_wh!r}"
        )
    if max(values) > LONGEST_SIDE_PX or math.prod(map(int, values)) > MAX_IMAGE_PIXELS:
        raise ValueError(
            f"size_wh: at most {LONGEST_SIDE_PX} pixels a side and "
            f"{MAX_IMAGE_PIXELS // 10**6} megapixels expected, got {size_wh!r}"
        )


def check_fourcc(fourcc: Any) -> None:
    """Check a pixel format.

    Raises:
        ValueError: It is not four letters.
    """
    if not (isinstance(fourcc, str) and len(fourcc) == 4 and fourcc.isascii()):
        raise ValueError(
            f"fourcc: four letters such as MJPG or YUYV expected, got {fourcc!r}"
        )


def check_number(name: str, value: Any, *, above_0: bool) -> None:
    """Check a finite number.

    Raises:
        ValueError: It is none, or it is 0 or less and must be above.
    """
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    is_finite = is_number and math.isfinite(value)
    if not is_finite or (above_0 and value <= 0):
        expected = "a number above 0" if above_0 else "a finite number"
        raise ValueError(f"{name}: {expected} expected, got {value!r}")


def check_frame(frame: Any) -> NDArray[np.uint8]:
    """Return a frame that is a gray or color picture.

    Raises:
        ValueError: It is another array, or none.
    """
    expected = "frame: shape (H, W, 3) or (H, W) and dtype uint8 expected"
    if not isinstance(frame, np.ndarray):
        hint = (
            "; cv2.imread gives None for what it cannot read" if frame is None else ""
        )
        raise ValueError(f"{expected}, got {type(frame).__name__}{hint}")
    is_picture = frame.ndim == 2 or (frame.ndim == 3 and frame.shape[2] == 3)
    if not is_picture or frame.dtype != np.uint8 or not frame.size:
        raise ValueError(f"{expected}, got {frame.shape} {frame.dtype}")
    return frame
