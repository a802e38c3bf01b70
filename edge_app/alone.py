"""Digits that stand alone: whether what surrounds them speaks for ink on paper.

Digits in company vouch for each other. Alone, a cable's end looks like a one and a
cup's rim like a zero: an input of 28x28 pixels does not show that the ground differs on
the two sides of a stroke, that other lines go on from its ends, or that nothing around
it is a digit either.
"""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.geometry import Box
from edge_app.pens import alike, same_pen
from edge_app.reading import Digit
from edge_app.segment import Region

_NEAR = 5.0  # heights of the taller one between middles: company
_ALIKE = 1.6  # the most that heights of company differ, as a factor
_LOWEST_ZERO = 3.0  # how much higher than a zero its company may be, as a factor
_LEAST_COMPANY = 2  # other digits than ones, which any line's part looks like
_LEAST_OF_NEAR = 0.25  # of what is near and no digit: the same among many letters
_SURE = 0.9  # digits read with less need company written with the same pen, as ones do
_LEAST_REJECTED = 0.4  # of the digit's height: what is less high is dirt
_LEAST_ODDS = 10.0  # of a digit against none, alone

_SIDE = 32  # pixels of a digit's longer side where its surroundings are looked at
_AROUND = 5  # of these pixels
_SOFT_EDGE = 3  # of these pixels: neither ink nor ground
_OUTLINE, _CORE = 0.4, 0.75  # of the strongest ink: strokes and the middle of strokes
_IS_INK = 0.5  # of the way from the ground's colour to the ink's
_UNEVEN = 0.2  # of that way: the ground's mean deviation where it is no paper
_MOST_INK = 0.07  # of the longer side squared: other ink around a digit
_MOST_INK_OF_ONE = 0.2  # of its own: other ink around a one
_GOES_ON = 0.5  # of a stroke's width: ink right beyond its end
_THICKEST = 0.5  # of the longer side: strokes where they cross
# Of the way to the ink's colour: what a drawn zero encloses differs less from around.
_FILLED = 0.05
_FILLED_AMONG = 0.12  # the same of zeros that others vouch for


def doubtful(
    frame: NDArray[np.uint8],
    digits: Sequence[Digit],
    regions: Sequence[Region],
    rejected: Sequence[Box],
    *,
    origins: Sequence[int] | None = None,
) -> set[int]:
    """Indexes of digits that stand alone and are rather none.

    A one is only believed where there are more digits than other things and none much
    higher, of which it may be a part, and any digit the less, the more things near it
    are none (after Laplace's rule of succession).

    Args:
        frame: `(H, W, 3)` uint8, BGR, that they are on.
        digits: What was accepted.
        regions: Their ink.
        rejected: Boxes of what was not.
        origins: Of which region each is a piece: those of one region do not vouch for
            each other, since any scribble falls into some. `None` for a region each.
    """
    boxes = np.array([digit.box_xywh for digit in digits], np.float64).reshape(-1, 4)
    is_one = np.array([digit.label == 1 for digit in digits], np.bool_)
    is_zero = np.array([digit.label == 0 for digit in digits], np.bool_)
    none = np.array(rejected, np.float64).reshape(-1, 4)
    own = np.arange(len(digits)) if origins is None else np.asarray(origins)
    others = (own[:, np.newaxis] != own) & ~is_one
    num_company, num_taller = _company(frame, digits, regions, boxes, others)
    is_high = none[:, 3] >= _LEAST_REJECTED * boxes[:, 3:]  # the others are dirt
    num_near = np.count_nonzero(_near(boxes, none) & is_high, axis=1)
    alone = num_company < np.maximum(_LEAST_COMPANY, _LEAST_OF_NEAR * num_near)
    num_digits = int(np.count_nonzero(~is_one))
    between = {
        index
        for index in map(int, np.flatnonzero(is_one & ~alone))
        if _is_between_lines(frame, regions[index])
    }
    mostly_zeros = 2 * np.count_nonzero(is_zero) > len(digits)  # no page of numbers
    discs = {
        index
        for index in map(int, np.flatnonzero(is_zero & ~alone & mostly_zeros))
        if _is_disc(frame, regions[index])
    }
    return (
        between
        | discs
        | {
            index
            for index in map(int, np.flatnonzero(alone))
            if (is_one[index] and num_taller[index] >= _LEAST_COMPANY)
            or (
                is_one[index] and np.count_nonzero(is_high[index]) >= max(1, num_digits)
            )
            or not _is_likely(digits[index], num_company[index], num_near[index])
            or not _is_written(frame, regions[index], digits[index], digits)
        }
    )


def _company(
    frame: NDArray[np.uint8],
    digits: Sequence[Digit],
    regions: Sequence[Region],
    boxes: NDArray[np.float64],
    others: NDArray[np.bool_],
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """How many of the others vouch for each digit, and how many tower over it.

    Those of its height near it vouch, for a zero higher ones, too; for a one or a
    doubtful digit only if they may be written with the same pen.
    """
    near = _near(boxes, boxes) & others
    heights = boxes[:, 3]
    taller = near & (heights > _ALIKE * heights[:, np.newaxis])
    is_zero = np.array([[each.label == 0] for each in digits], np.bool_)
    low = is_zero & (heights <= _LOWEST_ZERO * heights[:, np.newaxis])
    company = near & (alike(heights, _ALIKE) | (taller & low))
    unsure = np.array(
        [each.label == 1 or each.confidence < _SURE for each in digits], np.bool_
    )
    company &= same_pen(frame, regions, company, unsure)
    return company.sum(axis=1), taller.sum(axis=1)


def _is_likely(digit: Digit, num_company: int, num_near: int) -> bool:
    """Whether a digit is sure enough for how few others and how much else there is."""
    least_odds = _LEAST_ODDS * (1 + num_near) / (1 + num_company)
    return bool(digit.confidence >= least_odds * (1 - digit.confidence))


def _near(boxes: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.bool_]:
    """`(N, M)` which boxes are near which others."""
    middles, other_middles = (each[:, :2] + each[:, 2:] / 2 for each in (boxes, others))
    apart = middles[:, np.newaxis] - other_middles
    reach = _NEAR * np.maximum(boxes[:, np.newaxis, 3], others[:, 3])
    return np.asarray(np.hypot(apart[..., 0], apart[..., 1]) <= reach, np.bool_)


def _is_written(
    frame: NDArray[np.uint8], region: Region, digit: Digit, digits: Sequence[Digit]
) -> bool:
    """Whether a digit consists of strokes on even ground, with little ink around."""
    others = [each.box_xywh for each in digits if each is not digit]
    colours, own, taken = _surroundings(frame, region, others)
    mask = (own > _OUTLINE * float(own.max())).astype(np.uint8)
    room = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    if 2 * cv2.distanceTransform(room, cv2.DIST_L2, 3).max() > _THICKEST * _SIDE:
        return False
    ground = colours[taken == 0].astype(np.float32)
    core = colours[own > _CORE * float(own.max())]
    if not len(ground) or not len(core):
        return True
    paper = _middle(ground)
    way = _middle(core) - paper
    is_ink = (ground - paper) @ way > _IS_INK * float(way @ way)
    rest = np.abs(ground[~is_ink] - paper).mean(axis=0)
    most_ink = _MOST_INK * _SIDE**2
    if digit.label == 1:
        most_ink = _MOST_INK_OF_ONE * cv2.countNonZero(mask)
    return bool(
        rest.max() <= _UNEVEN * np.abs(way).max()
        and np.count_nonzero(is_ink) <= most_ink
        and not _is_filled(colours, mask, taken, most=_FILLED * np.abs(way).max())
    )


def _is_disc(frame: NDArray[np.uint8], region: Region) -> bool:
    """Whether a zero is the rim of a thing, as coins in a row have."""
    colours, own, taken = _surroundings(frame, region, [])
    if taken.all():
        return False
    mask = (own > _OUTLINE * float(own.max())).astype(np.uint8)
    paper = _middle(colours[taken == 0])
    way = _middle(colours[own > _CORE * float(own.max())]) - paper
    return _is_filled(colours, mask, taken, most=_FILLED_AMONG * np.abs(way).max())


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


def _middle(colours: NDArray[Any]) -> NDArray[np.float64]:
    """`(3,)` the (upper) median of each channel of `(N, 3)`."""
    # In a quarter of np.median's time.
    return np.asarray(np.sort(colours, axis=0)[len(colours) // 2], np.float64)


def _quartiles(colours: NDArray[np.uint8]) -> NDArray[np.int32]:
    """`(2, 3)` the first and the third quartile of each channel of `(N, 3)`."""
    ordered = np.sort(colours, axis=0)  # in a tenth of np.quantile's time
    return ordered[[len(ordered) // 4, 3 * len(ordered) // 4]].astype(np.int32)


def _is_between_lines(frame: NDArray[np.uint8], region: Region) -> bool:
    """Whether ink lies at both ends of a stroke, as at the wall between two boxes."""
    colours, own, taken = _surroundings(frame, region, [])
    if taken.all():
        return False
    paper = _middle(colours[taken == 0])
    way = _middle(colours[own > _CORE * float(own.max())]) - paper
    is_ink = (colours - paper) @ way > _IS_INK * float(way @ way)
    x, y, w, h = cv2.boundingRect(own)
    ends = is_ink[max(0, y - 1) : y, x : x + w], is_ink[y + h : y + h + 1, x : x + w]
    return all(end.size > 0 and end.mean() > _GOES_ON for end in ends)


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
    edge = cv2.dilate(small, np.ones((_SOFT_EDGE, _SOFT_EDGE), np.uint8))
    return colours, small, np.asarray(cv2.max(none, edge), np.uint8)
