"""Boxes that a digit each is written into, erased: the digits may touch them."""

import cv2
import numpy as np
from numpy.typing import NDArray

_LEAST_SIDE = 14  # pixels
_LONGEST = 2.0  # the longer side of a box, of its shorter one
_FULLEST = 0.7  # ink's share of its area
_DEPTH = (
    0.12  # of the shorter side: where a side lies, from the edge, when it is tilted
)
_COVERED = 0.9  # the least share of a side that is drawn; of a zero's it is half
_LEAST_INSIDE = 0.4  # of the box's height: a digit in it


def without_boxes(
    mask: NDArray[np.uint8], labels: NDArray[np.int32], stats: NDArray[np.int32]
) -> NDArray[np.uint8]:
    """A mask without the boxes that hold something.

    Args:
        mask: `(H, W)` uint8, 0 is the background.
        labels: Of its components, from `components.find`.
        stats: Of its components, from `components.find`.

    Returns:
        The same array where there is no such box.
    """
    _, _, w, h, area = stats.T
    shorter, longer = np.minimum(w, h), np.maximum(w, h)
    like_boxes = (shorter >= _LEAST_SIDE) & (longer <= _LONGEST * shorter)
    like_boxes &= area <= _FULLEST * w * h
    like_boxes[0] = False
    rest = mask
    for index in map(int, np.flatnonzero(like_boxes)):
        left, top, width, height, _ = stats[index].tolist()
        window = np.s_[top : top + height, left : left + width]
        own = labels[window] == index
        depth = max(2, round(_DEPTH * min(width, height)))
        if not _is_box(own, depth):
            continue
        box = _sides(own)
        inside = ((labels[window] > 0) & ~box).astype(np.uint8)
        _, _, parts, _ = cv2.connectedComponentsWithStats(inside, connectivity=8)
        if parts[1:, 3].max(initial=0) >= _LEAST_INSIDE * height:
            rest = mask.copy() if rest is mask else rest
            rest[window][box] = 0
    return rest


def _is_box(own: NDArray[np.bool_], depth: int) -> bool:
    """Whether ink covers all four sides of a component's box."""
    return all(
        side.any(axis=axis).mean() >= _COVERED
        for side, axis in (
            (own[:depth], 0),
            (own[:, :depth], 1),
            (own[-depth:], 0),
            (own[:, -depth:], 1),
        )
    )


def _sides(own: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The outermost ink all around, as thick as it is at most places of a side."""
    box = np.zeros_like(own)
    for turns in range(4):
        turned = np.rot90(own, turns)
        rows = np.arange(len(turned))[:, np.newaxis]
        first = turned.argmax(axis=0)
        ends = np.where(turned | (rows < first), len(turned), rows).min(axis=0)
        # A pixel more: the line's soft edge.
        thickness = np.median(ends - first) + 1
        side = turned & (rows < first + thickness)
        box |= np.rot90(side, -turns)
    return np.asarray(box, np.bool_)
