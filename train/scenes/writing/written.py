"""The writing and print on a page, in its pixels."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from edge_app.sources.demo.demo_scene import Points
from train.scenes.writing.hands import Hand
from train.scenes.writing.handwriting import Strokes

Segment = tuple[tuple[float, float], tuple[float, float]]
Area = tuple[float, float, float, float]  # x, y, width, height
# Of the pages, where there are real hands: those of images, and of our own strokes.
SHARE_OF_IMAGES, SHARE_OF_OUR_STROKES = 1 / 3, 0.1
_DEEPEST_OVERLAP = 0.3  # of the height: how far a digit reaches below the one before it


@dataclass(frozen=True)
class Written:
    """A digit on a page.

    Attributes:
        label: 0 to 9.
        height: Of the writing, in pixels of the page: what a pen's width is a share of.
        strokes: In pixels of the page; for an image the outline of its ink.
        image: What was written, ink bright on black, instead of strokes.
    """

    label: int
    height: float
    strokes: Strokes
    image: NDArray[np.uint8] | None = None

    def moved(self, x: float, y: float) -> "Written":
        """Return the digit moved by `x` and `y`."""
        shift = np.array([x, y], np.float32)
        return replace(self, strokes=[stroke + shift for stroke in self.strokes])

    @property
    def points(self) -> Points:
        """Return all points of its strokes."""
        return np.concatenate(self.strokes)


@dataclass
class Layout:
    """Things on a page and their places, in its pixels.

    Attributes:
        numbers: The digits of each number, in reading order.
        alone: Whether the digits stand in cells and nobody can say what numbers they
            make.
        segments: The ground's lines.
        bold: Its thicker lines.
        dots: The ground's dots.
        free: Places for what else is on the page.
        printed: Printed text, where its base line begins, and its size.
        hand: The real hand that writes what stands in `free`; `None` for strokes of our
            own.
    """

    numbers: list[list[Written]] = field(default_factory=list)
    alone: bool = False
    segments: list[Segment] = field(default_factory=list)
    bold: list[Segment] = field(default_factory=list)
    dots: list[tuple[float, float]] = field(default_factory=list)
    free: list[Area] = field(default_factory=list)
    printed: list[tuple[str, tuple[float, float], float]] = field(default_factory=list)
    hand: Hand | None = None


def dense(digit: Written) -> Points:
    """Return points all along the strokes, close together on straight ones, too."""
    if digit.image is not None:
        return digit.strokes[0][4:]
    share = np.linspace(0, 1, 12, endpoint=False, dtype=np.float32)[:, None, None]
    between = [
        (points[None, :-1] * (1 - share) + points[None, 1:] * share).reshape(-1, 2)
        for points in (stroke[:: max(1, len(stroke) // 12)] for stroke in digit.strokes)
    ]
    return np.concatenate([*between, digit.points])


def touching(
    before: Written,
    digit: Written,
    *,
    height: float,
    pen_width: float,
    overlap: float = 0.0,
) -> float:
    """Return where a digit starts so that it touches, or overlaps, the last one.

    Args:
        before: The digit before it, where it stands.
        digit: At its height on the page, at any x.
        height: Of the writing, in pixels.
        pen_width: As a share of the height.
        overlap: How deep they overlap, as a share of the height.

    Returns:
        How far to the right `digit` is to be moved.
    """
    a, b = dense(before), dense(digit)
    level = np.abs(a[:, None, 1] - b[None, :, 1]) < 0.03 * height
    room = np.where(level, b[None, :, 0] - a[:, None, 0], np.inf)
    apart = float(a[:, 0].max() - b[:, 0].min())
    # Where the middles of the strokes meet, a pen's width before the ink ends.
    meeting = min(apart, float(-room.min()))
    ink = 0.0 if digit.image is not None else 0.8 * pen_width
    start = meeting + (ink - overlap) * height
    return max(start, apart - _DEEPEST_OVERLAP * height)
