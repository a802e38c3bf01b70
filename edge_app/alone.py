"""Digits that stand alone: whether what surrounds them speaks for ink on paper.

Digits in company vouch for each other. Alone, a cable's end looks like a one and a
cup's rim like a zero, and nothing around it is a digit either.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge_app import ground
from edge_app.geometry import Box
from edge_app.pens import alike, same_pen
from edge_app.reading import Digit
from edge_app.segment import Region

_NEAR = 5.0  # heights of the taller one between middles: company
_ALIKE = 1.6  # the most that heights of company differ, as a factor
_LOWEST_ZERO = 3.0  # how much higher than a zero its company may be, as a factor
_LEAST_COMPANY = 2  # other digits than ones, which any line's part looks like
_SURE = 0.9  # digits read with less need company written with the same pen, as ones do
_LEAST_REJECTED = 0.4  # of the digit's height: what is less high is dirt
_LEAST_ODDS = 10.0  # of a digit against none, alone


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
    are none (after Laplace's rule of succession). Digits in company are only doubted
    where a one joins two lines, or where most are zeros and enclose another ground.
    What is doubted vouches for no other digit.

    Args:
        frame: `(H, W, 3)` uint8, BGR, that they are on.
        digits: What was accepted.
        regions: Their ink.
        rejected: Boxes of what was not.
        origins: Of which region each is a piece: those of one region do not vouch for
            each other, since any scribble falls into some. `None` for a region each.
    """
    own = range(len(digits)) if origins is None else origins
    found: set[int] = set()
    while True:
        kept = [index for index in range(len(digits)) if index not in found]
        more = _doubtful(
            frame,
            [digits[index] for index in kept],
            [regions[index] for index in kept],
            [*rejected, *(digits[index].box_xywh for index in sorted(found))],
            [own[index] for index in kept],
        )
        if not more:
            return found
        found |= {kept[index] for index in more}


def _doubtful(
    frame: NDArray[np.uint8],
    digits: Sequence[Digit],
    regions: Sequence[Region],
    rejected: Sequence[Box],
    origins: Sequence[int],
) -> list[int]:
    """Indexes of those that are rather none if all others are digits."""
    boxes = np.array([digit.box_xywh for digit in digits], np.float64).reshape(-1, 4)
    is_one = np.array([digit.label == 1 for digit in digits], np.bool_)
    is_zero = np.array([digit.label == 0 for digit in digits], np.bool_)
    none = np.array(rejected, np.float64).reshape(-1, 4)
    own = np.asarray(origins)
    others = (own[:, np.newaxis] != own) & ~is_one
    num_company, num_taller = _company(frame, digits, regions, boxes, others)
    is_high = none[:, 3] >= _LEAST_REJECTED * boxes[:, 3:]  # the others are dirt
    num_near = np.count_nonzero(_near(boxes, none) & is_high, axis=1)
    is_alone = num_company < _LEAST_COMPANY
    sure = np.array([digit.confidence for digit in digits], np.float64)
    least_odds = _LEAST_ODDS * (1 + num_near) / (1 + num_company)
    num_digits = int(np.count_nonzero(~is_one))
    among_others = np.count_nonzero(is_high, axis=1) >= max(1, num_digits)
    part_of_higher = num_taller >= _LEAST_COMPANY
    is_none = is_alone & (
        (is_one & (among_others | part_of_higher)) | (sure < least_odds * (1 - sure))
    )
    for index in _indexes(is_alone & ~is_none):
        around = [each.box_xywh for each in digits if each is not digits[index]]
        is_none[index] = not ground.is_written(
            frame, regions[index], around, is_one=bool(is_one[index])
        )
    for index in _indexes(~is_alone & is_one):
        is_none[index] = ground.is_between_lines(frame, regions[index])
    mostly_zeros = 2 * np.count_nonzero(is_zero) > len(digits)  # no page of numbers
    for index in _indexes(~is_alone & is_zero & mostly_zeros):
        is_none[index] = ground.is_disc(frame, regions[index])
    return _indexes(is_none)


def _indexes(chosen: NDArray[np.bool_]) -> list[int]:
    return np.flatnonzero(chosen).tolist()


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


def _near(boxes: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.bool_]:
    """`(N, M)` which boxes are near which others."""
    middles, other_middles = (each[:, :2] + each[:, 2:] / 2 for each in (boxes, others))
    apart = middles[:, np.newaxis] - other_middles
    reach = _NEAR * np.maximum(boxes[:, np.newaxis, 3], others[:, 3])
    return np.asarray(np.hypot(apart[..., 0], apart[..., 1]) <= reach, np.bool_)
