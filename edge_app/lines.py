"""Ruled lines, grids and boxes: taken out of an ink mask without breaking digits."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app import boxes, erase
from edge_app import components as connected
from edge_app.components import Found
from edge_app.erase import Course

# Shares of the frame's longer side.
_LEAST_LENGTH = 1 / 8  # a component or a line shorter than this is no rule
_LEAST_SIDE = 1 / 25  # the same for the sides of a box
_LEAST_GRID = 1 / 5  # either side of a grid; rows of boxes are lower
_REACH = 1 / 110  # from a side's end to the line that it meets
_RUN = 1 / 60  # straight runs of this length are chained into lines
_SOLID = 1 / 40  # anything this thick is no line
_BANNER = 0.25  # solid share of a component with lines
_FILLED = 0.5  # the least ink of a banner, of its bounding rectangle
_UNDERLINE = 3  # width over height of a component with a ruled line or an underline
_SLENDER = 12  # a line is at least this many times longer than thick
_SLENDER_SIDE = 7  # the same for the side of a box
_HOLLOW = 0.2  # the most ink of a box, of its bounding rectangle
_IN_BOX = 0.3  # the least height of a digit in a box, of the box's
_ROW = 1.5  # width over height of a row of boxes

_LEAST_DASHES = 5  # that make up a faint line
_SLENDER_DASH = 4  # length over thickness of a dash
_RUNS_A_PIECE = 5  # runs in a piece of a line's course
_RAGGED = 1.5  # pixels that a line's edge may be off its course
_DASHED = 1 / 4  # the least length of a line of dashes
_PART = 0.5  # of the longest line: shorter ones may be strokes that happen to chain,
_LEAST_SHARE = 0.9  # with less than this of their pixels on one course

Direction = Literal["horizontal", "vertical"]


@dataclass(frozen=True, eq=False)
class _Line:
    """A straight line, or nearly.

    Attributes:
        course: Where it lies; of a vertical line, in the transposed mask.
        length: In pixels.
        component: Of the ink mask: the one that most of the line's pixels belong to.
        share: Of the pixels found along the line, where nothing else is beside it,
            those that lie on its course.
        alone: Whether it is a rule whatever it belongs to.
    """

    course: Course
    length: int
    component: int
    share: float
    alone: bool


def without_lines(
    mask: NDArray[np.uint8],
    found: Found | None = None,
    ink: NDArray[np.uint8] | None = None,
) -> tuple[NDArray[np.uint8], Found]:
    """The ink mask without the lines of grids, boxes and ruled paper.

    Only what is as thin as the line goes: where a stroke crosses it, the stroke stays
    in one piece.

    Args:
        mask: `(H, W)` uint8, 0 or 255.
        found: The mask's components, as `components.find` returns them, where they are
            known.
        ink: `(H, W)` uint8, the ink map; what is much darker than a line is kept.

    Returns:
        The same, or `mask` itself where there are no lines, and its components.
    """
    components, stats = found = connected.find(mask) if found is None else found
    candidate = _may_be_rules(stats, mask.shape)
    if not candidate.any():
        return mask, found
    candidates = connected.drawn(candidate, components)
    size = max(5, round(max(mask.shape) * _SOLID))
    kernel = np.ones((size, size), np.uint8)
    solid = np.asarray(cv2.morphologyEx(candidates, cv2.MORPH_OPEN, kernel), np.uint8)
    thin = np.asarray(cv2.subtract(candidates, solid), np.uint8)
    horizontal = _find(thin, components, "horizontal")
    vertical = _find(thin, components, "vertical")
    across, down = _ruled(stats, mask.shape, horizontal, vertical)
    rules = _rules(horizontal, across, mask.shape), _rules(vertical, down, mask.shape)
    rules = _with_sides(rules, (horizontal, vertical), stats, mask.shape)
    if not any(rules):
        return mask, found
    # A banner is no more a digit than the lines around it. It goes whole, with what
    # lies between the light letters on it.
    solid_areas = np.bincount(components[solid > 0], minlength=len(stats))
    banner = (across | down) & (solid_areas >= _BANNER * stats[:, 4])
    for label in map(int, np.flatnonzero(banner)):
        banner |= _within_banner(label, solid, components, stats)
    rest = connected.drawn(~banner, components) if banner.any() else mask
    rest = erase.along(rest, [line.course for line in rules[0]], ink)
    turned = np.asarray(cv2.transpose(rest), np.uint8)
    turned_ink = None if ink is None else np.asarray(cv2.transpose(ink), np.uint8)
    turned = erase.along(turned, [line.course for line in rules[1]], turned_ink)
    return erase.without_residue(np.asarray(cv2.transpose(turned), np.uint8), mask)


def _within_banner(
    label: int,
    solid: NDArray[np.uint8],
    components: NDArray[np.int32],
    stats: NDArray[np.int32],
) -> NDArray[np.bool_]:
    """Which components lie within a banner: what light letters on it enclose."""
    left, top, width, height, _ = stats[label]
    window = np.s_[top : top + height, left : left + width]
    banner = np.asarray(cv2.inRange(components[window], label, label), np.uint8)
    x, y, w, h = cv2.boundingRect(cv2.bitwise_and(banner, solid[window]))
    if cv2.countNonZero(banner[y : y + h, x : x + w]) < _FILLED * w * h:
        return np.zeros(len(stats), np.bool_)  # a frame, and all that is in it
    x, y = x + left, y + top
    left, top, width, height, _ = stats.T
    inside_x = (left >= x) & (left + width <= x + w)
    return np.asarray(inside_x & (top >= y) & (top + height <= y + h), np.bool_)


def _may_be_rules(
    stats: NDArray[np.int32], shape: tuple[int, ...]
) -> NDArray[np.bool_]:
    """Which components may hold rules or be boxes, or be dashes of a faint rule."""
    _, _, w, h, area = stats.T
    least = max(shape) * _LEAST_LENGTH
    at_side, at_end = _at_border(stats, shape)
    wide, high = w >= least, h >= least
    large = (wide & (high | at_side | (w >= _UNDERLINE * h))) | (high & (wide | at_end))
    least_side = max(shape) * _LEAST_SIDE
    sides = (w >= least_side) & (h >= least_side)
    row = (w >= _ROW * h) & (w >= 2 * least_side)
    if (sides & (row | (area <= _HOLLOW * w * h) | _hold_digits(stats, sides))).any():
        large |= sides
    run = _run(shape)
    dashes = ((w >= run) & (w >= _SLENDER_DASH * h)) | (
        (h >= run) & (h >= _SLENDER_DASH * w)
    )
    if dashes.sum() >= _LEAST_DASHES:
        large |= dashes | wide | high | sides
    large[0] = False  # the paper
    return np.asarray(large, np.bool_)


def _hold_digits(
    stats: NDArray[np.int32], boxes: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which of these have a component of nearly their height within, as boxes have."""
    x, y, w, h, _ = stats[:, np.newaxis].T
    left, top, width, height, _ = stats[boxes].T[..., np.newaxis]
    within = (x > left) & (x + w < left + width)
    within &= (y > top) & (y + h < top + height) & (h >= _IN_BOX * height)
    result = boxes.copy()
    result[boxes] = within.any(axis=1)
    return result


def _at_border(
    stats: NDArray[np.int32], shape: tuple[int, ...]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which components touch the left or right border, which the top or bottom."""
    x, y, w, h, _ = stats.T
    return (x == 0) | (x + w == shape[1]), (y == 0) | (y + h == shape[0])


def _run(shape: tuple[int, ...]) -> int:
    return max(12, round(max(shape) * _RUN))


def _find(
    mask: NDArray[np.uint8], components: NDArray[np.int32], direction: Direction
) -> list[_Line]:
    side, run = max(mask.shape), _run(mask.shape)
    # Thickened across, a line that is a little off the axis has longer runs along it.
    if direction == "vertical":
        mask, components = np.asarray(cv2.transpose(mask), np.uint8), components.T
    thickened = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    runs = cv2.morphologyEx(thickened, cv2.MORPH_OPEN, np.ones((1, run), np.uint8))
    chained = cv2.dilate(runs, np.ones((1, run // 2), np.uint8))
    left, top, width, height = cv2.boundingRect(chained)
    if not width:
        return []
    window = np.s_[top : top + height, left : left + width]
    mask, components, runs = mask[window], components[window], runs[window]
    labels, stats = connected.find(np.asarray(chained[window], np.uint8))
    lengths = np.maximum(1, stats[:, 2] - run // 2 + 1)  # less what chaining added
    is_line = lengths >= side * _LEAST_SIDE
    is_line[0] = False
    lines = []
    for label in np.flatnonzero(is_line):
        x, y, w, h, _ = stats[label]
        window = np.s_[y : y + h, x : x + w]
        own = (labels[window] == label) & (runs[window] > 0) & (mask[window] > 0)
        owned = np.bincount(components[window][own])
        if not owned.size:
            continue
        course, share = _course(own, left + x, top + y, run)
        if course.thickness > lengths[label] / _SLENDER_SIDE:
            continue
        dashed = np.count_nonzero(owned >= run // 2) >= _LEAST_DASHES
        lines.append(
            _Line(
                course=course,
                length=int(lengths[label]),
                component=int(owned.argmax()),
                share=share,
                alone=bool(dashed and lengths[label] >= side * _DASHED),
            )
        )
    return lines


def _course(
    pixels: NDArray[np.bool_], x: int, y: int, run: int
) -> tuple[Course, float]:
    """Where the line lies that most of these pixels belong to, and their share."""
    columns, rows = np.nonzero(pixels.T)
    first, last = int(columns[0]), int(columns[-1])
    across = np.count_nonzero(pixels, axis=0)
    # Where strokes lie on the line, or beside it, they would bend its course.
    thinnest = np.sort(across[across > 0])
    most = thinnest[len(thinnest) // 4] + _RAGGED
    thickness = max(1.0, _median(thinnest[thinnest <= most]))
    alone = across[columns] <= most
    # Paper bends, so the course is followed in pieces; of each piece most is the line.
    num_pieces = max(2, round((last + 1) / run / _RUNS_A_PIECE))
    num_pieces = min(int(np.count_nonzero(alone)), num_pieces)
    middles = [_median(piece) for piece in np.array_split(columns[alone], num_pieces)]
    medians = [_median(piece) for piece in np.array_split(rows[alone], num_pieces)]
    course = np.interp(np.arange(first, last + 1), middles, medians)
    near = np.abs(rows - course[columns - first]) <= thickness / 2 + _RAGGED
    return Course(x + first, y + course, thickness), float(near[alone].mean())


def _median(values: NDArray[np.int_]) -> float:
    """The median, in a tenth of the time that NumPy's takes for a few values."""
    ordered = np.sort(values)
    half = len(ordered) // 2
    return (float(ordered[half]) + float(ordered[-half - 1])) / 2


def _ruled(
    stats: NDArray[np.int32],
    shape: tuple[int, ...],
    horizontal: list[_Line],
    vertical: list[_Line],
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """In which components the horizontal and in which the vertical lines are rules.

    The others are straight strokes of large digits: a seven has one horizontal line, a
    four has one each way, a one has one vertical.
    """
    num_horizontal = _num_lines(horizontal, stats, shape)
    num_vertical = _num_lines(vertical, stats, shape)
    _, _, w, h, _ = stats.T
    grid = (num_horizontal >= 2) & (num_vertical >= 2)
    at_side, at_end = _at_border(stats, shape)
    across = (num_horizontal >= 1) & (at_side | (w >= _UNDERLINE * h))
    down = (num_vertical >= 1) & at_end
    across, down = (
        grid | across | (num_horizontal >= 3),
        grid | down | (num_vertical >= 3),
    )
    across[0] = down[0] = False
    return across, down


def _num_lines(
    lines: list[_Line], stats: NDArray[np.int32], shape: tuple[int, ...]
) -> NDArray[np.int_]:
    """How many long lines each component has."""
    long = [line.component for line in lines if _is_long(line, shape)]
    return np.bincount(np.array(long, np.int64), minlength=len(stats))


def _is_long(line: _Line, shape: tuple[int, ...]) -> bool:
    return (
        line.length >= max(shape) * _LEAST_LENGTH
        and line.course.thickness <= line.length / _SLENDER
    )


def _rules(
    lines: list[_Line], ruled: NDArray[np.bool_], shape: tuple[int, ...]
) -> list[_Line]:
    """The long lines that are rules."""
    long = [line for line in lines if _is_long(line, shape)]
    longest = max((line.length for line in long), default=0)
    return [
        line
        for line in long
        if (line.alone or ruled[line.component])
        and (line.share >= _LEAST_SHARE or line.length >= _PART * longest)
    ]


def _with_sides(
    rules: tuple[list[_Line], list[_Line]],
    lines: tuple[list[_Line], list[_Line]],
    stats: NDArray[np.int32],
    shape: tuple[int, ...],
) -> tuple[list[_Line], list[_Line]]:
    """The rules and the sides of boxes: lines with another one at either end."""
    across, down = ({line.component for line in some} for some in rules)
    grids = (
        across
        & down
        & set(np.flatnonzero(stats[:, 2:4].min(axis=1) >= max(shape) * _LEAST_GRID))
    )
    # A grid's own lines are long; what spans its cells are strokes.
    kept = [
        [each for each in some if each in own or each.component not in grids]
        for some, own in zip(lines, rules, strict=True)
    ]
    courses = [[line.course for line in some] for some in kept]
    is_rule = [
        np.array([each in own for each in some], np.bool_)
        for some, own in zip(kept, rules, strict=True)
    ]
    horizontal, vertical = (
        [line for line, is_side in zip(*each, strict=True) if is_side]
        for each in zip(
            kept, boxes.sides(courses, is_rule, max(shape) * _REACH), strict=True
        )
    )
    return horizontal, vertical
