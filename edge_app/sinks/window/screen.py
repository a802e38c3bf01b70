"""The screen's size, which OpenCV does not tell, and pictures that fit on it."""

import ctypes
import ctypes.util
import os
import sys

import cv2
import numpy as np
from numpy.typing import NDArray

# What a window's title and frame and the desktop's panel take, about.
_TAKEN_WH = (16, 80)
_LEAST_WH = (160, 120)


def room_wh() -> tuple[int, int] | None:
    """Return the pixels that a window's picture may have; `None` if unknown."""
    try:
        size = _of_windows() if sys.platform == "win32" else _of_x11()
    except (OSError, AttributeError):  # no such library, or another one of its name
        return None
    if size is None:
        return None
    width, height = (
        max(least, side - taken)
        for side, taken, least in zip(size, _TAKEN_WH, _LEAST_WH, strict=True)
    )
    return width, height


def fitted(
    picture: NDArray[np.uint8], room_wh: tuple[int, int] | None
) -> NDArray[np.uint8]:
    """Return the picture, scaled down where it is larger than the room.

    Args:
        picture: `(H, W, 3)` uint8.
        room_wh: Width and height in pixels; `None` for as much as it takes.
    """
    if room_wh is None:
        return picture
    height, width = picture.shape[:2]
    scale = min(room_wh[0] / width, room_wh[1] / height)
    if scale >= 1:
        return picture
    size_wh = max(1, int(width * scale)), max(1, int(height * scale))
    return np.asarray(
        cv2.resize(picture, size_wh, interpolation=cv2.INTER_AREA), np.uint8
    )


def _of_windows() -> tuple[int, int]:
    user32 = ctypes.CDLL("user32")
    return user32.GetSystemMetrics(0), user32.GetSystemMetrics(1)


def _of_x11() -> tuple[int, int] | None:
    """Return the size of the X server's screen, which shows OpenCV's windows."""
    name = ctypes.util.find_library("X11")
    if name is None or not os.environ.get("DISPLAY"):
        return None
    x11 = ctypes.CDLL(name)
    x11.XOpenDisplay.restype = ctypes.c_void_p
    for function in (x11.XDisplayWidth, x11.XDisplayHeight):
        function.argtypes = [ctypes.c_void_p, ctypes.c_int]
    x11.XDefaultScreen.argtypes = x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    display = x11.XOpenDisplay(None)
    if not display:
        return None
    screen = x11.XDefaultScreen(display)
    size = x11.XDisplayWidth(display, screen), x11.XDisplayHeight(display, screen)
    x11.XCloseDisplay(display)
    return size
