"""Lines erased from an ink mask; the strokes that cross them stay whole."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app import components as connected
from edge_app.components import Found

_RAGGED = 1.5  # pixels that a line's edge may be off its course
_RESIDUE = 2  # pixels from a rule
_RESIDUE_SHARE = 0.6  # of a component, so close to rules that it is one
_DARKER = 1.5  # ink of what is no part of a line, over the line's
_LEAN = 0.7  # the most that a crossing stroke leans, columns a row


@dataclass(frozen=True, eq=False)
class Course:
    """Where a horizontal line lies.

    Attributes:
        start: The first column.
        across: `(L,)` float64, the middle row at each column from the first on.
        thickness: In pixels.
    """

    start: int
    across: NDArray[np.float64]
    thickness: float

    @property
    def slope(self) -> float:
        """Rows a column, from end to end."""
        return float(self.across[-1] - self.across[0]) / len(self.across)


def along(
    mask: NDArray[np.uint8],
    courses: Sequence[Course],
    ink: NDArray[np.uint8] | None = None,
) -> NDArray[np.uint8]:
    """The mask without horizontal lines.

    Args:
        mask: `(H, W)` uint8, 0 or 255.
        courses: The lines'.
        ink: `(H, W)` uint8, bright on 0. What is much darker than a line stays: it is
            of a stroke, whatever its direction.

    Returns:
        A copy.
    """
    rest = np.array(mask, order="C")
    for course in courses:
        half = course.thickness / 2 + _RAGGED
        margin = int(np.ceil(half)) + 3
        top = max(0, int(course.across.min()) - margin)
        bottom = int(course.across.max()) + margin + 1
        left = max(0, course.start - 2)
        right = course.start + len(course.across) + 2
        window = rest[top:bottom, left:right]
        columns = np.arange(left, left + window.shape[1]) - course.start
        middle = course.across[np.clip(columns, 0, len(course.across) - 1)]
        band = np.abs(np.arange(top, top + window.shape[0])[:, None] - middle) <= half
        beside = np.where(band, 0, window).astype(np.uint8)
        if ink is not None:
            band &= ~_is_darker(ink[top:bottom, left:right], band & (window > 0))
        window[band & (_bridged(beside, int(2 * half) + 2) == 0)] = 0
    return rest


def _is_darker(ink: NDArray[np.uint8], line: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where ink is much darker than a line is typically."""
    values = ink[line]
    half = len(values) // 2
    typical = np.partition(values, half)[half] if half else 255
    return np.asarray(ink > _DARKER * float(typical), np.bool_)


def _bridged(beside: NDArray[np.uint8], gap: int) -> NDArray[np.uint8]:
    """What lies beside a line, with gaps between its two sides closed."""
    bridged = beside
    for lean in (-_LEAN, 0.0, _LEAN):
        shift = round(gap * lean)
        kernel = np.zeros((gap + 1, abs(shift) + 1), np.uint8)
        start = (max(0, -shift), 0)
        cv2.line(kernel, start, (start[0] + shift, gap), 1)
        closed = cv2.morphologyEx(beside, cv2.MORPH_CLOSE, kernel)
        bridged = np.asarray(cv2.bitwise_or(bridged, closed), np.uint8)
    return bridged


def without_residue(
    rest: NDArray[np.uint8], mask: NDArray[np.uint8]
) -> tuple[NDArray[np.uint8], Found]:
    """The rest without what is left of lines: ragged edges and short pieces.

    Args:
        rest: `(H, W)` uint8, the mask without lines.
        mask: The mask with them.

    Returns:
        The same, and its components.
    """
    erased = np.asarray(cv2.subtract(mask, rest), np.uint8)
    size = 2 * _RESIDUE + 1
    close = cv2.dilate(erased, np.ones((size, size), np.uint8))
    components, stats = found = connected.find(rest)
    close = cv2.bitwise_and(close, rest)
    areas = np.bincount(components[close > 0], minlength=len(stats))
    is_residue = areas >= _RESIDUE_SHARE * stats[:, 4]
    is_residue[0] = False
    if not is_residue.any():
        return rest, found
    return connected.drawn(~is_residue, components), connected.without(
        is_residue, found
    )
