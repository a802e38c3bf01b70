"""Strokes that some people add: bars and hooks of sevens, flags and feet of ones.

Points are as in `handwriting`; lengths are shares of a digit's height.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_app.sources.demo.demo_scene import Points
from train.scenes.writing.handwriting import Strokes


@dataclass(frozen=True)
class HabitConstants:
    """Parts of digits to which strokes are added, as shares of a digit's height.

    Attributes:
        num_points: Of a stroke that is added.
        stem_rows_share: Above and below the bar of a seven: points there are the
            stem's.
        widest_stem_share: Where the stem is wider, it is crossed already.
        widest_one_share: Where a one is wider, it has a flag or a foot already.
        upper_share: Of a seven, in which its bar at the top begins.
    """

    num_points: int = 7
    stem_rows_share: float = 0.06
    widest_stem_share: float = 0.3
    widest_one_share: float = 0.4
    upper_share: float = 0.35


_HABIT = HabitConstants()


@dataclass(frozen=True)
class Habits:
    """Additions of one person to their digits.

    Attributes:
        has_bars: Whether sevens are crossed.
        has_hooks: Whether a seven's top begins with a stroke from below.
        has_flags: Whether a one begins with a stroke from below.
        has_feet: Whether a one stands on a line, which it may not reach.
    """

    has_bars: bool
    has_hooks: bool
    has_flags: bool
    has_feet: bool


def drawn(rng: np.random.Generator) -> Habits:
    """Return the habits of a random person."""
    bars, hooks, flags, feet = rng.random(4) < (0.4, 0.25, 0.3, 0.25)
    return Habits(bool(bars), bool(hooks), bool(flags), bool(feet))


def added(
    strokes: Strokes, label: int, habits: Habits, rng: np.random.Generator
) -> Strokes:
    """Return a digit of height 1 with what a person adds to it.

    Args:
        strokes: The digit.
        label: Which one it is; only ones and sevens change.
        habits: The person's.
        rng: Source of how the added strokes run this time.
    """
    points = np.concatenate(strokes)
    if label == 7:
        return [*strokes, *_added_to_seven(points, habits, rng)]
    if label == 1 and np.ptp(points[:, 0]) < _HABIT.widest_one_share:
        top, bottom = points[points[:, 1].argmin()], points[points[:, 1].argmax()]
        flags = [flag(top, rng)] if habits.has_flags else []
        return [*strokes, *flags, *([foot(bottom, rng)] if habits.has_feet else [])]
    return strokes


def bar(middle: Points, rng: np.random.Generator) -> Points:
    """Return the bar of a seven whose stem passes through a point."""
    length = rng.uniform(0.3, 0.85)
    left = rng.uniform(0.35, 0.65) * length
    rise = rng.uniform(-0.2, 0.3)
    along = np.array([1.0, -rise])
    return _bowed(middle - left * along, middle + (length - left) * along, rng)


def hook(corner: Points, rng: np.random.Generator) -> Points:
    """Return the stroke that leads up to the left end of a seven's top."""
    return _bowed(corner, corner + _downwards(rng, (0.1, 0.35), (-25.0, 35.0)), rng)


def flag(head: Points, rng: np.random.Generator) -> Points:
    """Return the stroke that leads up to the top of a one."""
    return _bowed(head, head + _downwards(rng, (0.2, 0.8), (22.0, 60.0)), rng)


def foot(end: Points, rng: np.random.Generator) -> Points:
    """Return the line under a one that ends at a point."""
    length, rise = rng.uniform(0.3, 0.9), rng.uniform(-0.12, 0.15)
    middle = end + np.array([rng.normal(0, 0.06), rng.uniform(-0.02, 0.12)])
    along = np.array([length / 2, -length / 2 * rise])
    return _bowed(middle - along, middle + along, rng)


def _added_to_seven(
    points: Points, habits: Habits, rng: np.random.Generator
) -> Strokes:
    strokes: Strokes = []
    if habits.has_bars:
        row = rng.uniform(0.36, 0.64)
        stem = points[np.abs(points[:, 1] - row) < _HABIT.stem_rows_share]
        if len(stem) and np.ptp(stem[:, 0]) < _HABIT.widest_stem_share:
            strokes.append(bar(stem.mean(axis=0), rng))
    if habits.has_hooks:
        upper = points[points[:, 1] < _HABIT.upper_share]
        strokes.append(hook(upper[upper[:, 0].argmin()], rng))
    return strokes


def _downwards(
    rng: np.random.Generator, lengths: tuple[float, float], angles: tuple[float, float]
) -> Points:
    """Return a step down, its angle in degrees to the left of straight down."""
    angle = math.radians(rng.uniform(*angles))
    step = rng.uniform(*lengths) * np.array([-math.sin(angle), math.cos(angle)])
    return step.astype(np.float32)


def _bowed(
    start: NDArray[np.floating], end: NDArray[np.floating], rng: np.random.Generator
) -> Points:
    """Return a stroke from one point to another, slightly bent."""
    share = np.linspace(0, 1, _HABIT.num_points)[:, None]
    across = np.array([start[1] - end[1], end[0] - start[0]])
    bend = 4 * share * (1 - share) * rng.normal(0, 0.06) * across
    return np.asarray(start + share * (end - start) + bend, np.float32)
