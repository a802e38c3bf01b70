"""Ruled lines, grids and boxes: taken out of an ink mask without breaking digits."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app import components as connected

# Shares of the frame's longer side.
_LEAST_LENGTH = 1 / 8  # a component or a line shorter than this is no rule
_RUN = 1 / 60  # straight runs of this length are chained into lines
_SOLID = 1 / 40  # anything this thick is no line
_BANNER = 0.25  # solid share of a component with lines
_UNDERLINE = 3  # width over height of a component with a ruled line or an underline
_SLENDER = 12  # a line is at least this many times longer than thick

Direction = Literal["horizontal", "vertical"]


@dataclass(frozen=True)
class _Lines:
    """The lines of one direction.

    Attributes:
        mask: `(H, W)` bool, their pixels.
        thickness: Of the thickest, in pixels.
        components: For each line, the component of the ink mask it belongs to.
    """

    mask: NDArray[np.bool_]
    thickness: int
    components: NDArray[np.int32]


def without_lines(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The ink mask without the lines of grids, boxes and ruled paper.

    Where a stroke crosses a line, the part of the line between the stroke's two ends is
    kept, so that the digit stays in one piece.

    Args:
        mask: `(H, W)` uint8, 0 or 255.

    Returns:
        The same, or `mask` itself where there are no lines.
    """
    side = max(mask.shape)
    components, stats = connected.find(mask)
    large = _may_hold_rules(stats, mask.shape)
    if not large.any():
        return mask
    candidates = np.where(large[components], mask, 0).astype(np.uint8)
    size = max(5, round(side * _SOLID))
    kernel = np.ones((size, size), np.uint8)
    solid = cv2.morphologyEx(candidates, cv2.MORPH_OPEN, kernel)
    thin = np.asarray(cv2.subtract(candidates, solid), np.uint8)
    horizontal = _find(thin, components, "horizontal")
    vertical = _find(thin, components, "vertical")
    across, down = _ruled(stats, mask.shape, horizontal, vertical)
    if not (across | down).any():
        return mask
    # A banner is no more a digit than the lines around it. It goes whole, with what
    # lies between the light letters on it.
    solid_areas = np.bincount(components[solid > 0], minlength=len(stats))
    banner = (across | down) & (solid_areas >= _BANNER * stats[:, 4])
    rest = np.where(banner[components], 0, mask)
    rest = _removed(rest.astype(np.uint8), horizontal, across[components], "horizontal")
    return _removed(rest, vertical, down[components], "vertical")


def _may_hold_rules(
    stats: NDArray[np.int32], shape: tuple[int, ...]
) -> NDArray[np.bool_]:
    """Which components are large enough for what `_ruled` looks for: few digits are."""
    _, _, w, h, _ = stats.T
    least = max(shape) * _LEAST_LENGTH
    at_side, at_end = _at_border(stats, shape)
    wide, high = w >= least, h >= least
    large = (wide & (high | at_side | (w >= _UNDERLINE * h))) | (high & (wide | at_end))
    large[0] = False  # the paper
    return large


def _at_border(
    stats: NDArray[np.int32], shape: tuple[int, ...]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which components touch the left or right border, which the top or bottom."""
    x, y, w, h, _ = stats.T
    return (x == 0) | (x + w == shape[1]), (y == 0) | (y + h == shape[0])


def _find(
    mask: NDArray[np.uint8], components: NDArray[np.int32], direction: Direction
) -> _Lines:
    side = max(mask.shape)
    # Thickened across, a line that is a little off the axis has longer runs along it.
    run = max(12, round(side * _RUN))
    thickened = cv2.dilate(mask, _bar(1, 3, direction))
    runs = cv2.morphologyEx(thickened, cv2.MORPH_OPEN, _bar(run, 1, direction))
    chained = cv2.dilate(runs, _bar(run // 2, 3, direction))
    labels, stats = connected.find(np.asarray(chained, np.uint8))
    length = stats[:, 2] if direction == "horizontal" else stats[:, 3]
    length = np.maximum(1, length - run // 2 + 1)  # less what chaining added
    thickness = stats[:, 4] / length - 4  # less what was thickened
    is_line = (length >= side * _LEAST_LENGTH) & (thickness <= length / _SLENDER)
    is_line[0] = False
    pixels = is_line[labels] & (runs > 0) & (mask > 0)
    owners = []
    for x, y, w, h, _ in stats[is_line]:
        window = np.s_[y : y + h, x : x + w]
        owned = components[window][pixels[window]]
        # The component that most of the line's pixels belong to.
        owners.append(int(np.bincount(owned).argmax()) if owned.size else 0)
    thickest = max(1, round(float(thickness[is_line].max(initial=1.0))))
    return _Lines(pixels, thickest, np.array(owners, np.int32))


def _ruled(
    stats: NDArray[np.int32],
    shape: tuple[int, ...],
    horizontal: _Lines,
    vertical: _Lines,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """In which components the horizontal and in which the vertical lines are rules.

    The others are straight strokes of large digits: a seven has one horizontal line, a
    four has one each way, a one has one vertical.
    """
    num_horizontal = np.bincount(horizontal.components, minlength=len(stats))
    num_vertical = np.bincount(vertical.components, minlength=len(stats))
    _, _, w, h, _ = stats.T
    grid = (num_horizontal >= 2) & (num_vertical >= 2)
    at_side, at_end = _at_border(stats, shape)
    across = (num_horizontal >= 1) & (at_side | (w >= _UNDERLINE * h))
    down = (num_vertical >= 1) & at_end
    return grid | across | (num_horizontal >= 3), grid | down | (num_vertical >= 3)


def _removed(
    mask: NDArray[np.uint8],
    lines: _Lines,
    of_rules: NDArray[np.bool_],
    direction: Direction,
) -> NDArray[np.uint8]:
    line = cv2.dilate(  # with its ragged edges
        (lines.mask & of_rules).astype(np.uint8) * 255, _bar(1, 3, direction)
    )
    rest = cv2.subtract(mask, line)
    # Where a stroke crosses, two pixels on each side of the line go with it; a closing
    # bridges what is narrower than its kernel.
    gap = lines.thickness + 2 * 2 + 2
    bridged = cv2.morphologyEx(rest, cv2.MORPH_CLOSE, _bar(1, gap, direction))
    crossings = cv2.bitwise_and(cv2.bitwise_and(bridged, line), mask)
    return np.asarray(cv2.bitwise_or(rest, crossings), np.uint8)


def _bar(along: int, across: int, direction: Direction) -> NDArray[np.uint8]:
    size = (across, along) if direction == "horizontal" else (along, across)
    return np.ones(size, np.uint8)
