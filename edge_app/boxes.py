"""The sides of boxes that digits are written into, told from the digits' strokes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge_app.erase import Course

_RAGGED = 1.5  # pixels that a line's edge may be off its course
_SHORT = 2  # pixels by which a side's end may fall short of the line that it meets
_AS_THIN = 1.3  # a side's thickness over that of the line at its end
_ASKEW = 0.05  # the most that its slope differs from that of most others


def sides(
    courses: Sequence[Sequence[Course]],
    is_rule: Sequence[NDArray[np.bool_]],
    reach: float,
) -> list[NDArray[np.bool_]]:
    """Which lines are rules or sides, as bool arrays.

    Sides have a rule or another side at either end and lean as most of them do.

    Args:
        courses: Of all horizontal and all vertical lines.
        is_rule: Which of them are rules, whatever they meet.
        reach: The most pixels that lines which meet may miss each other by.
    """
    meets = [_meets(courses[i], courses[1 - i], reach) for i in range(2)]
    is_kept = [np.ones(len(some), np.bool_) for some in courses]
    while True:
        found = [
            is_rule[i] | np.all(np.any(meets[i] & is_kept[1 - i], axis=2), axis=1)
            for i in range(2)
        ]
        if all(map(np.array_equal, found, is_kept)):
            return [is_rule[i] | _parallel(courses[i], found[i]) for i in range(2)]
        is_kept = found


def _meets(
    lines: Sequence[Course], others: Sequence[Course], reach: float
) -> NDArray[np.bool_]:
    """`(N, 2, M)` whether a line's either end meets a line at right angles, no thinner.

    A stroke that ends a little before the line does not meet it; a side may go beyond.

    Args:
        lines: N lines.
        others: M lines at right angles to them.
        reach: The most pixels that they may miss each other by.
    """
    if not lines or not others:
        return np.zeros((len(lines), 2, len(others)), np.bool_)
    thin = np.array([each.thickness for each in lines])[:, np.newaxis, np.newaxis]
    ends = np.array([each.across[[0, -1]] for each in lines])[..., np.newaxis]
    along = np.array([(each.start, each.start + len(each.across)) for each in lines])
    thick = np.array([each.thickness for each in others])
    lengths = np.array([len(each.across) for each in others])
    index = np.rint(ends) - [each.start for each in others]
    # All others' rows one after the other; of each the one nearest to the end.
    rows = np.concatenate([each.across for each in others])
    nearest = np.clip(index, 0, lengths - 1).astype(int) + lengths.cumsum() - lengths
    beyond = (rows[nearest] - along[..., np.newaxis]) * [[1], [-1]]
    return np.asarray(
        (thin <= _AS_THIN * thick + _RAGGED)
        & (-reach <= index)
        & (index <= lengths - 1 + reach)
        & (beyond <= reach + thick / 2)
        & (beyond >= -_SHORT - thick / 2),
        np.bool_,
    )


def _parallel(courses: Sequence[Course], found: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of the lines found lean as most do; strokes lean as they like."""
    if not found.any():
        return found
    slopes = np.array([each.slope for each in courses])
    off = np.abs(slopes - np.median(slopes[found]))
    return np.asarray(found & (off <= _ASKEW), np.bool_)
