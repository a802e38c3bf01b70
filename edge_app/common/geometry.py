"""Frames and boxes turned by quarters, as pages that lie on their side, and scaled."""

from collections.abc import Sequence
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Box = tuple[int, int, int, int]  # x, y, width, height in pixels
BoxF = tuple[float, float, float, float]
Quarter = Literal[0, 90, 180, 270]  # degrees clockwise

QUARTERS: tuple[Quarter, ...] = (0, 90, 180, 270)
_CODES = {
    90: cv2.ROTATE_90_CLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}


def turned(image: NDArray[np.uint8], rotation: Quarter) -> NDArray[np.uint8]:
    """Return the image turned clockwise by `rotation` degrees."""
    if not rotation:
        return image
    return np.asarray(cv2.rotate(image, _CODES[rotation]), np.uint8)


def turned_box(box_xywh: Box, size_wh: tuple[int, int], rotation: Quarter) -> Box:
    """Return where a box of a frame lies in the frame turned clockwise.

    Args:
        box_xywh: In the frame.
        size_wh: Of the frame, before it is turned.
        rotation: Degrees clockwise.
    """
    x, y, w, h = box_xywh
    width, height = size_wh
    if rotation == 90:
        return height - y - h, x, h, w
    if rotation == 180:
        return width - x - w, height - y - h, w, h
    if rotation == 270:
        return y, width - x - w, h, w
    return box_xywh


def back(rotation: Quarter) -> Quarter:
    """Return the turn that undoes another."""
    return QUARTERS[-QUARTERS.index(rotation) % 4]


def reaches_border(
    box_xywh: Box, frame_wh: tuple[int, int], *, within: float = 0.0
) -> bool:
    """Return whether a box reaches the border of its frame, which may cut it.

    Args:
        box_xywh: The box.
        frame_wh: Width and height of the frame.
        within: Pixels from the border that count as at it.
    """
    x, y, w, h = box_xywh
    width, height = frame_wh
    return min(x, y) < 1 + within or x + w >= width - within or y + h >= height - within


def overlap(a: BoxF, b: BoxF) -> float:
    """Return the intersection over union of two boxes, 0..1."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (a[2] * a[3] + b[2] * b[3] - shared)


def joined(is_same: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return `(N,)`, the same number for things that are joined by a chain of pairs.

    Args:
        is_same: `(N, N)`, symmetric: which pairs belong together, each with itself.
    """
    owners = np.arange(len(is_same))
    while len(owners):
        least = np.where(is_same, owners, len(owners)).min(axis=1)
        if np.array_equal(least, owners):
            break
        owners = least
    return owners


def scaled(
    frame: NDArray[np.uint8], scale: float, how: int = cv2.INTER_AREA
) -> NDArray[np.uint8]:
    """Return the frame with its sides `scale` times as long.

    Args:
        frame: `(H, W, 3)` or `(H, W)` uint8.
        scale: Above 0; no side gets shorter than a pixel.
        how: OpenCV's interpolation.
    """
    if scale == 1.0:
        return frame
    size_wh = [max(1, round(side * scale)) for side in frame.shape[1::-1]]
    while how == cv2.INTER_AREA and _halves(frame.shape, size_wh):
        # OpenCV's means of 2x2 pixels take a twentieth of the time of other areas.
        half_wh = frame.shape[1] // 2, frame.shape[0] // 2
        frame = np.asarray(cv2.resize(frame, half_wh, interpolation=how), np.uint8)
    return np.asarray(cv2.resize(frame, size_wh, interpolation=how), np.uint8)


def _halves(shape: tuple[int, ...], size_wh: Sequence[int]) -> bool:
    """Return whether a frame of this shape can be halved on its way to this size."""
    height, width = shape[:2]
    are_even = not (width % 2 or height % 2)
    return are_even and 2 * size_wh[0] <= width and 2 * size_wh[1] <= height
