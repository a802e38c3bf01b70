"""A digit's ink: which pixels the network says, how dark the frame says."""

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.find.decode import Maps
from edge_app.normalise import BOX_SIZE, FINE

_ROOM = 0.12  # of the longer side: how far around its box a digit's ink may reach
_LARGER_PART = 0.5  # of connected ink within the box: it is this digit's
_MOST_PIXELS = BOX_SIZE * FINE  # of the longer side: all that `normalise` makes use of
# Probabilities of 255: surely ink, and surely paper.
_INK, _PAPER = 150, 50
_LEAST_CONTRAST = 4.0  # gray levels between ink and paper that tell them apart at all
_SOFT = 1.5  # the mask's own edge is softer than a pen's


def ink_of(
    gray: NDArray[np.uint8],
    maps: Maps,
    box: NDArray[np.float32],
    scale: float,
    corner_xy: tuple[int, int],
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Return a digit's ink, bright on 0, and its box tightened around it.

    Args:
        gray: The picture, `(H, W)` uint8.
        maps: Of a look at it.
        box: `(4,)` x, y, width, height in pixels of the look.
        scale: Pixels of the look a pixel of the picture.
        corner_xy: Where the look begins, in pixels of the picture.
    """
    x, y, w, h = (float(n) for n in box)
    room = 1 + round(_ROOM * max(w, h))
    x0, y0 = int(np.floor(x)) - room, int(np.floor(y)) - room
    x1, y1 = int(np.ceil(x + w)) + room, int(np.ceil(y + h)) + room
    mask = _alone(maps.ink_of((x0, y0, x1, y1)), room)
    if mask is None:
        return np.zeros((1, 1), np.uint8), box
    _, sure = cv2.threshold(mask, 127, 255, cv2.THRESH_BINARY)
    left, top, width, height = cv2.boundingRect(sure)
    tight = np.array([x0 + left, y0 + top, width, height], np.float32)
    window = _window(gray, (x0, y0, x1, y1), scale, corner_xy)
    return sharpened(window, mask), tight


def sharpened(gray: NDArray[np.uint8], mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the ink that a mask covers, as dark as a picture shows it.

    The network's mask knows neither rules nor neighbors, but it is soft; the picture is
    sharp.

    Args:
        gray: `(H, W)` uint8, ink darker or lighter than the paper.
        mask: `(h, w)` uint8 of the same part, 255 for ink.
    """
    size_wh = gray.shape[1], gray.shape[0]
    mask = np.asarray(cv2.resize(mask, size_wh, interpolation=cv2.INTER_LINEAR))
    wide = cv2.dilate(mask, np.ones((3, 3), np.uint8))
    _, on = cv2.threshold(mask, _INK, 255, cv2.THRESH_BINARY)
    _, off = cv2.threshold(wide, _PAPER, 255, cv2.THRESH_BINARY_INV)
    if not (cv2.countNonZero(on) and cv2.countNonZero(off)):
        return mask
    paper = cv2.mean(gray, off)[0]
    contrast = cv2.mean(gray, on)[0] - paper
    if abs(contrast) < _LEAST_CONTRAST:
        return mask
    levels = (np.arange(256) - paper) * (255 / contrast)
    ink = cv2.LUT(gray, np.clip(levels, 0, 255).astype(np.uint8))
    gate = cv2.convertScaleAbs(cv2.GaussianBlur(wide, (3, 3), 0), alpha=_SOFT)
    return np.asarray(cv2.multiply(ink, gate, scale=1 / 255), np.uint8)


def _alone(ink: NDArray[np.uint8], room: int) -> NDArray[np.uint8] | None:
    """Return the ink of the digit in a window's middle; `None` without any.

    Connected ink whose larger part lies within the box is the digit's; of the others',
    what reaches into the box is cut off.
    """
    _, mask = cv2.threshold(ink, 127, 255, cv2.THRESH_BINARY)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    core = np.zeros(mask.shape, bool)
    core[room - 1 : 1 - room, room - 1 : 1 - room] = True
    inside = np.bincount(labels[core], minlength=count)
    kept = inside > _LARGER_PART * stats[:, cv2.CC_STAT_AREA]
    kept[0] = False
    part = inside > 0
    part[0] = False
    own = kept[labels] | (part[labels] & core)
    if not own.any():
        return None
    near = cv2.dilate(own.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    free = kept[labels] | (labels == 0) | core
    return np.where(near & free, ink, 0).astype(np.uint8)


def _window(
    gray: NDArray[np.uint8],
    box_xyxy: tuple[int, int, int, int],
    scale: float,
    corner_xy: tuple[int, int],
) -> NDArray[np.uint8]:
    """Return a part of a picture, given in pixels of a look, no larger than needed."""
    height, width = gray.shape
    left, right = (round(corner_xy[0] + x / scale) for x in box_xyxy[::2])
    top, bottom = (round(corner_xy[1] + y / scale) for y in box_xyxy[1::2])
    right, bottom = max(right, left + 1), max(bottom, top + 1)
    beyond = max(0, -top), max(0, bottom - height), max(0, -left), max(0, right - width)
    part = gray[max(0, top) : bottom, max(0, left) : right]
    if any(beyond):
        part = np.asarray(cv2.copyMakeBorder(part, *beyond, cv2.BORDER_REPLICATE))
    most = max(part.shape)
    if most > _MOST_PIXELS:
        size_wh = [max(1, round(n * _MOST_PIXELS / most)) for n in part.shape[::-1]]
        part = np.asarray(cv2.resize(part, size_wh, interpolation=cv2.INTER_AREA))
    return np.asarray(part, np.uint8)
