"""Ruled lines, grids and boxes: taken out of an ink mask without breaking digits."""

from dataclasses import dataclass
from typing import Any, Literal

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

_LEAST_DASHES = 5  # that make up a faint line
_SLENDER_DASH = 4  # length over thickness of a dash
_THICKNESSES = (2, 4, 7, 11, 16, 24, 1000)  # pixels, classes that are removed together
_RUNS_A_PIECE = 5  # runs in a piece of a line's course
_RAGGED = 1.5  # pixels that a line's edge may be off its course
_RESIDUE = 2  # pixels from a rule
_RESIDUE_SHARE = 0.6  # of a component, so close to rules that it is one
_DASHED = 1 / 4  # the least length of a line of dashes

Direction = Literal["horizontal", "vertical"]
_DIRECTIONS: tuple[Direction, Direction] = ("horizontal", "vertical")


@dataclass(frozen=True)
class _Lines:
    """The lines of one direction.

    Attributes:
        labels: `(H, W)` int32, the line each pixel belongs to, 0 for none.
        thickness: For each label, in pixels.
        components: For each label, the component of the ink mask it belongs to.
        alone: For each label, whether the line is a rule whatever it belongs to.
    """

    labels: NDArray[np.int32]
    thickness: NDArray[np.int32]
    components: NDArray[np.int32]
    alone: NDArray[np.bool_]


def without_lines(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The ink mask without the lines of grids, boxes and ruled paper.

    Only what is as thin as the line goes: where a stroke crosses it or stands on it,
    the stroke stays in one piece.

    Args:
        mask: `(H, W)` uint8, 0 or 255.

    Returns:
        The same, or `mask` itself where there are no lines.
    """
    components, stats = connected.find(mask)
    candidate = _may_be_rules(stats, mask.shape)
    if not candidate.any():
        return mask
    candidates = np.where(candidate[components], mask, 0).astype(np.uint8)
    size = max(5, round(max(mask.shape) * _SOLID))
    kernel = np.ones((size, size), np.uint8)
    solid = cv2.morphologyEx(candidates, cv2.MORPH_OPEN, kernel)
    thin = np.asarray(cv2.subtract(candidates, solid), np.uint8)
    horizontal = _find(thin, components, "horizontal")
    vertical = _find(thin, components, "vertical")
    across, down = _ruled(stats, mask.shape, horizontal, vertical)
    rules = _rules(horizontal, across), _rules(vertical, down)
    if not any(each.any() for each in rules):
        return mask
    # A banner is no more a digit than the lines around it. It goes whole, with what
    # lies between the light letters on it.
    solid_areas = np.bincount(components[solid > 0], minlength=len(stats))
    banner = (across | down) & (solid_areas >= _BANNER * stats[:, 4])
    rest = np.where(banner[components], 0, mask).astype(np.uint8)
    for is_rule, lines, direction in zip(
        rules, (horizontal, vertical), _DIRECTIONS, strict=True
    ):
        rest = _removed(rest, lines, is_rule, direction)
    return _without_residue(
        rest, rules[0][horizontal.labels] | rules[1][vertical.labels]
    )


def _without_residue(
    mask: NDArray[np.uint8], rules: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """The mask without components that are mostly a rule's ragged edge."""
    size = 2 * _RESIDUE + 1
    close = cv2.dilate(rules.astype(np.uint8), np.ones((size, size), np.uint8)) > 0
    components, stats = connected.find(mask)
    areas = np.bincount(components[close & (mask > 0)], minlength=len(stats))
    residue = areas >= _RESIDUE_SHARE * stats[:, 4]
    residue[0] = False
    return np.where(residue[components], 0, mask).astype(np.uint8)


def _may_be_rules(
    stats: NDArray[np.int32], shape: tuple[int, ...]
) -> NDArray[np.bool_]:
    """Which components may hold rules, or be dashes of a rule that is faint."""
    _, _, w, h, _ = stats.T
    least = max(shape) * _LEAST_LENGTH
    at_side, at_end = _at_border(stats, shape)
    wide, high = w >= least, h >= least
    large = (wide & (high | at_side | (w >= _UNDERLINE * h))) | (high & (wide | at_end))
    run = _run(shape)
    dashes = ((w >= run) & (w >= _SLENDER_DASH * h)) | (
        (h >= run) & (h >= _SLENDER_DASH * w)
    )
    if dashes.sum() >= _LEAST_DASHES:
        large |= dashes | wide | high
    large[0] = False  # the paper
    return np.asarray(large, np.bool_)


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
) -> _Lines:
    side = max(mask.shape)
    # Thickened across, a line that is a little off the axis has longer runs along it.
    run = _run(mask.shape)
    thickened = cv2.dilate(mask, _bar(1, 3, direction))
    runs = cv2.morphologyEx(thickened, cv2.MORPH_OPEN, _bar(run, 1, direction))
    chained = cv2.dilate(runs, _bar(run // 2, 3, direction))
    labels, stats = connected.find(np.asarray(chained, np.uint8))
    length = stats[:, 2] if direction == "horizontal" else stats[:, 3]
    length = np.maximum(1, length - run // 2 + 1)  # less what chaining added
    thickness = stats[:, 4] / length - 4  # less what was thickened
    is_line = (length >= side * _LEAST_LENGTH) & (thickness <= length / _SLENDER)
    is_line[0] = False
    found = np.where(is_line[labels] & (runs > 0) & (mask > 0), labels, 0)
    lines = np.zeros_like(found)
    owners = np.zeros(len(stats), np.int32)
    alone = np.zeros(len(stats), np.bool_)
    for label in np.flatnonzero(is_line):
        x, y, w, h, _ = stats[label]
        window = np.s_[y : y + h, x : x + w]
        own = found[window] == label
        owned = np.bincount(components[window][own])
        if not owned.size:
            continue
        # The component that most of the line's pixels belong to.
        owners[label] = int(owned.argmax())
        dashes = np.count_nonzero(owned >= run // 2)
        alone[label] = dashes >= _LEAST_DASHES and length[label] >= side * _DASHED
        across = np.count_nonzero(own, axis=0 if direction == "horizontal" else 1)
        thickness[label] = max(1.0, float(np.median(across[across > 0])))
        lines[window][_along(own, thickness[label], mask.shape, direction)] = label
    return _Lines(
        lines.astype(np.int32), np.rint(thickness).astype(np.int32), owners, alone
    )


def _along(
    pixels: NDArray[np.bool_],
    thickness: float,
    shape: tuple[int, ...],
    direction: Direction,
) -> NDArray[np.bool_]:
    """The pixels of a line that lie on its course: not those of strokes beside it."""
    rows, columns = np.nonzero(pixels)
    along, across = (columns, rows) if direction == "horizontal" else (rows, columns)
    # Paper bends, so the course is followed in pieces; of each piece most is the line.
    num_pieces = max(2, round((along.max() + 1) / _run(shape) / _RUNS_A_PIECE))
    pieces = np.array_split(np.argsort(along, kind="stable"), num_pieces)
    middles = [float(np.median(along[piece])) for piece in pieces if piece.size]
    medians = [float(np.median(across[piece])) for piece in pieces if piece.size]
    off = np.abs(across - np.interp(along, middles, medians))
    near = off <= thickness / 2 + _RAGGED
    kept = np.zeros_like(pixels)
    kept[rows[near], columns[near]] = True
    return kept


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
    across, down = (
        grid | across | (num_horizontal >= 3),
        grid | down | (num_vertical >= 3),
    )
    across[0] = down[0] = False
    return across, down


def _rules(lines: _Lines, ruled: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """For each label whether the line is a rule."""
    is_rule = lines.alone | ruled[lines.components]
    is_rule[0] = False
    return np.asarray(is_rule, np.bool_)


def _removed(
    mask: NDArray[np.uint8],
    lines: _Lines,
    is_rule: NDArray[np.bool_],
    direction: Direction,
) -> NDArray[np.uint8]:
    rest: NDArray[Any] = mask
    first = 0
    for most in _THICKNESSES:
        own = is_rule & (lines.thickness > first) & (lines.thickness <= most)
        first = most
        if not own.any():
            continue
        pixels = (255 * own[lines.labels]).astype(np.uint8)
        line = cv2.dilate(pixels, _bar(1, 3, direction))  # with its ragged edges
        # What reaches further across than the line does is a stroke on it.
        thick = cv2.morphologyEx(mask, cv2.MORPH_OPEN, _bar(1, most + 4, direction))
        rest = cv2.subtract(rest, cv2.subtract(line, thick))
    return np.array(rest, np.uint8)


def _bar(along: int, across: int, direction: Direction) -> NDArray[np.uint8]:
    size = (across, along) if direction == "horizontal" else (along, across)
    return np.ones(size, np.uint8)
