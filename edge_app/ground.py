"""The ground around a digit: whether it is paper that ink was put on.

An input of 28x28 pixels shows neither that the ground differs on the two sides of a
stroke nor that other lines go on from its ends.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.geometry import Box
from edge_app.segment import Region

_SIDE = 32  # pixels of a digit's longer side where its surroundings are looked at
_AROUND = 5  # of these pixels
_SOFT_EDGE = 3  # of these pixels: neither ink nor ground
# Of the strongest ink: what is ground, strokes, and the middle of strokes.
_FAINTEST, _OUTLINE, _CORE = 0.2, 0.4, 0.75
_IS_INK = 0.5  # of the way from the ground's colour to the ink's
_UNEVEN = 0.15  # of that way: the ground's mean deviation where it is no paper
_MIXED = 0.06  # of that way: the ink's mean deviation where it is of several colours
_MOST_INK = 0.07  # of the longer side squared: other ink around a digit
_MOST_INK_OF_ONE = 0.2  # of its own: other ink around a one
_GOES_ON = 0.5  # of a stroke's width: ink right beyond its end
_THICKEST = 0.5  # of the longer side: strokes where they cross
# Of the way to the ink's colour: what a drawn zero encloses differs less from around.
_FILLED = 0.05
_FILLED_AMONG = 0.12  # the same of zeros that others vouch for


def is_written(
    frame: NDArray[np.uint8], region: Region, others: Sequence[Box], *, is_one: bool
) -> bool:
    """Whether a digit is strokes of one colour on even ground, with little ink around.

    Args:
        frame: `(H, W, 3)` uint8, BGR, that it is on.
        region: Its ink.
        others: Boxes of other digits, which are no ground.
        is_one: Whether it is read as a one, around which least ink is allowed.
    """
    colours, own, taken = _surroundings(frame, region, others)
    mask = _strokes(own)
    room = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    if 2 * cv2.distanceTransform(room, cv2.DIST_L2, 3).max() > _THICKEST * _SIDE:
        return False
    if taken.all():
        return True
    paper, way = _paper_and_way(colours, own, taken)
    ground = colours[taken == 0]
    is_ink = (ground - paper) @ way > _IS_INK * float(way @ way)
    rest = np.abs(ground[~is_ink] - paper).mean(axis=0)
    most_ink = _MOST_INK_OF_ONE * mask.sum() if is_one else _MOST_INK * _SIDE**2
    contrast = np.abs(way).max()
    return bool(
        rest.max() <= _UNEVEN * contrast
        and np.count_nonzero(is_ink) <= most_ink
        and not _is_filled(colours, mask, taken, most=_FILLED * contrast)
        and _off_way(colours[_core(own)] - paper, way) <= _MIXED
    )


def is_disc(frame: NDArray[np.uint8], region: Region) -> bool:
    """Whether a zero is the rim of a thing, such as a coin.

    Args:
        frame: `(H, W, 3)` uint8, BGR, that it is on.
        region: Its ink.
    """
    colours, own, taken = _surroundings(frame, region, [])
    if taken.all():
        return False
    _, way = _paper_and_way(colours, own, taken)
    most = _FILLED_AMONG * np.abs(way).max()
    return _is_filled(colours, _strokes(own), taken, most=most)


def is_between_lines(frame: NDArray[np.uint8], region: Region) -> bool:
    """Whether ink lies at both ends of a stroke, as at the wall between two boxes.

    Args:
        frame: `(H, W, 3)` uint8, BGR, that it is on.
        region: Its ink.
    """
    colours, own, taken = _surroundings(frame, region, [])
    if taken.all():
        return False
    paper, way = _paper_and_way(colours, own, taken)
    is_ink = (colours - paper) @ way > _IS_INK * float(way @ way)
    x, y, w, h = cv2.boundingRect(own)
    ends = is_ink[max(0, y - 1) : y, x : x + w], is_ink[y + h : y + h + 1, x : x + w]
    return all(end.size > 0 and end.mean() > _GOES_ON for end in ends)


def _is_filled(
    colours: NDArray[np.uint8],
    mask: NDArray[np.uint8],
    taken: NDArray[np.uint8],
    *,
    most: float,
) -> bool:
    """Whether what strokes enclose has another colour than what lies around them."""
    room = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    _, grounds = cv2.connectedComponents(1 - room, connectivity=4)
    grounds, free = grounds[1:-1, 1:-1], taken == 0
    outside = grounds == 1  # the corner's
    within, around = free & (mask == 0) & ~outside, free & outside
    if not within.any() or not around.any():
        return False
    # Most of either side, since a shadow's edge may cross both.
    low, high = _quartiles(colours[within])
    low_around, high_around = _quartiles(colours[around])
    return bool(max(*(low - high_around), *(low_around - high)) > most)


def _off_way(apart: NDArray[np.float64], way: NDArray[np.float64]) -> float:
    """The mean distance of colours from a way, as a share of its length.

    Where ink is thin or blurred, paper mixes with it: it stays on the way between both.

    Args:
        apart: `(N, 3)` colours, less the one that the way begins at.
        way: `(3,)` to another colour.
    """
    length = max(1.0, float(np.linalg.norm(way)))
    along = np.outer(apart @ way, way) / length**2
    return float(np.linalg.norm(apart - along, axis=1).mean()) / length


def _core(own: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where ink `(H, W)` is the middle of strokes."""
    return np.asarray(own > _CORE * float(own.max()), np.bool_)


def _strokes(own: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Ink `(H, W)` as a mask of 0 and 1."""
    return (own > _OUTLINE * float(own.max())).astype(np.uint8)


def _paper_and_way(
    colours: NDArray[np.uint8], own: NDArray[np.uint8], taken: NDArray[np.uint8]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The ground's typical colour, and the way from it to the ink's, `(3,)` each."""
    paper = _middle(colours[taken == 0])
    return paper, _middle(colours[_core(own)]) - paper


def _middle(colours: NDArray[np.uint8]) -> NDArray[np.float64]:
    """`(3,)` the (upper) median of each channel of `(N, 3)`."""
    # In a quarter of np.median's time.
    return np.asarray(np.sort(colours, axis=0)[len(colours) // 2], np.float64)


def _quartiles(colours: NDArray[np.uint8]) -> NDArray[np.int32]:
    """`(2, 3)` the first and the third quartile of each channel of `(N, 3)`."""
    ordered = np.sort(colours, axis=0)  # in a tenth of np.quantile's time
    return ordered[[len(ordered) // 4, 3 * len(ordered) // 4]].astype(np.int32)


def _surroundings(
    frame: NDArray[np.uint8], region: Region, others: Sequence[Box]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
    """A region with some room around, its longer side `_SIDE` pixels.

    Returns:
        The frame there `(H, W, 3)`, the region's ink `(H, W)`, and, not 0, what is no
        ground since it is ink, its soft edge or another digit's box; all uint8.
    """
    x, y, w, h = region.box_xywh
    scale = _SIDE / max(w, h)
    room = round(_AROUND / scale) + 1
    left, top = max(0, x - room), max(0, y - room)
    seen = frame[top : y + h + room, left : x + w + room]
    own = np.zeros((seen.shape[0], seen.shape[1]), np.uint8)
    own[y - top : y - top + h, x - left : x - left + w] = cv2.resize(region.ink, (w, h))
    taken = np.zeros_like(own)
    for x1, y1, w1, h1 in others:
        taken[
            max(0, y1 - top) : max(0, y1 + h1 - top),
            max(0, x1 - left) : max(0, x1 + w1 - left),
        ] = 255
    size_wh = [max(1, round(side * scale)) for side in (own.shape[1], own.shape[0])]
    colours, small, none = (
        np.asarray(cv2.resize(each, size_wh, interpolation=cv2.INTER_AREA), np.uint8)
        for each in (seen, own, taken)
    )
    # What a rim encloses is a little darker than around it, but ground all the same.
    ink = (small > _FAINTEST * float(small.max())).astype(np.uint8)
    edge = cv2.dilate(ink, np.ones((_SOFT_EDGE, _SOFT_EDGE), np.uint8))
    return colours, small, np.asarray(cv2.max(none, edge), np.uint8)
