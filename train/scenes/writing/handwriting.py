"""Handwriting of our own: digits, letters and scribbles as strokes.

Everything is a list of strokes, `(N, 2)` float32 points with x to the right and y down.
Digits and letters are written in a box of width and height 1, which a writer's
proportion makes narrower.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from edge_app.sources.demo import demo_scene
from edge_app.sources.demo.demo_scene import Points
from train.scenes.writing.stroke_shapes import DIGIT_SHAPES, LETTER_SHAPES

Strokes = list[Points]

WITH_TAILS = (4, 7, 9)
# Some people write legs up to twice as long as the rest of the digit.
_LONG_TAILED, LONG_TAILS = 0.2, (0.3, 0.9)

LETTERS = tuple(LETTER_SHAPES)


@dataclass(frozen=True)
class Writer:
    """Handwriting of one person.

    Attributes:
        slant: How far the top leans to the right, of the height.
        proportion: Width of a digit over its height.
        wobble: How much two of the same differ, of the height.
        habits: Seed of which of the ways to write each digit the person prefers.
        tails: How much further down than the others fours, sevens and nines reach.
        zeros: Height of a zero, of the others' height.
    """

    slant: float
    proportion: float
    wobble: float
    habits: int
    tails: float = 0.0
    zeros: float = 1.0


def writer(rng: np.random.Generator) -> Writer:
    """Return a random handwriting."""
    return Writer(
        slant=float(rng.uniform(-0.1, 0.35)),
        proportion=float(rng.uniform(0.5, 0.72)),
        wobble=float(rng.uniform(0.008, 0.03)),
        habits=int(rng.integers(1 << 30)),
        tails=float(np.clip(rng.normal(0.05, 0.2), 0, 0.4)),
        zeros=float(min(1.0, rng.normal(0.95, 0.12))),
    )


def any_writer(rng: np.random.Generator) -> Writer:
    """Return somebody's handwriting, now and then with legs as long as some write."""
    hand = writer(rng)
    habits = np.random.default_rng(hand.habits)
    if habits.random() < _LONG_TAILED:
        hand = replace(hand, tails=float(habits.uniform(*LONG_TAILS)))
    return hand


def digit(label: int, hand: Writer, rng: np.random.Generator) -> Strokes:
    """Write a digit, a little different each time; its height is 1."""
    shapes = DIGIT_SHAPES[label]
    habits = np.random.default_rng([hand.habits, label])
    # A person writes it in at most two shapes, mostly in one of them.
    favorites = habits.integers(len(shapes), size=2)
    shape = shapes[favorites[int(rng.random() < 0.2)]]
    return in_proportion(_written(shape, hand, rng), label, hand, rng)


def in_proportion(
    strokes: Strokes, label: int, hand: Writer, rng: np.random.Generator
) -> Strokes:
    """Return a digit of height 1 as high as a writer writes it beside others.

    Args:
        strokes: The digit.
        label: Which one it is.
        hand: Whose zeros are low and whose sevens and nines reach down.
        rng: Source of how much this time.
    """
    if label == 0:
        return lowered(strokes, hand.zeros, rng)
    if label in WITH_TAILS:  # only what lies below the middle reaches further down
        stretch = np.array([1.0, 1.0 + 2 * hand.tails], np.float32)
        middle = np.array([0.0, 0.5], np.float32)
        return [
            np.where(stroke[:, 1:] > 0.5, (stroke - middle) * stretch + middle, stroke)
            for stroke in strokes
        ]
    return strokes


def lowered(strokes: Strokes, height: float, rng: np.random.Generator) -> Strokes:
    """Return a digit of height 1 made lower, a little above its line or on it.

    Args:
        strokes: The digit.
        height: What it is to be.
        rng: Source of how far above its line it stands.
    """
    top = np.array([0.0, (1 - height) * rng.uniform(0.3, 1.0)], np.float32)
    return [stroke * np.float32(height) + top for stroke in strokes]


def letter(name: str, hand: Writer, rng: np.random.Generator) -> Strokes:
    """Write one of `LETTERS`, of the height of a capital 1."""
    return _written(LETTER_SHAPES[name], hand, rng)


def scribble(rng: np.random.Generator) -> Strokes:
    """Draw what is no digit: a tangle, zigzag, spiral, star, heart or arrow."""
    return [_tangle, _zigzag, _spiral, _star, _heart, _arrow][rng.integers(6)](rng)


def broken(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Set a digit's later strokes a little apart, or break a long stroke.

    As a five's bar that misses its body, or a pen that skipped.
    """
    if len(strokes) > 1:
        shift = rng.uniform(0.04, 0.12) * np.array([rng.uniform(0, 1), -1.0])
        return [
            strokes[0],
            *((stroke + shift).astype(np.float32) for stroke in strokes[1:]),
        ]
    (stroke,) = strokes
    return gaps(
        stroke, [float(rng.uniform(0.25, 0.75))], float(rng.uniform(0.08, 0.16))
    )


def gaps(stroke: Points, places: list[float], width: float) -> Strokes:
    """Return the parts of a stroke that remain when the pen skips.

    Args:
        stroke: Points.
        places: Where it skips, as shares of the stroke's length, increasing.
        width: How far each time, in the stroke's own units.
    """
    steps = np.hypot(*np.diff(stroke, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    ends = [0.0]
    for place in places:
        middle = place * along[-1]
        ends += [middle - width / 2, middle + width / 2]
    ends.append(float(along[-1]))
    parts = []
    for start, end in zip(ends[::2], ends[1::2], strict=True):
        if end > start:
            inner = along[(along > start) & (along < end)]
            at = np.concatenate([[start], inner, [end]])
            parts.append(_at(stroke, along, at))
    return parts


def _at(stroke: Points, along: np.ndarray, at: np.ndarray) -> Points:
    x, y = (np.interp(at, along, stroke[:, axis]) for axis in (0, 1))
    return np.stack([x, y], axis=1).astype(np.float32)


def _written(drawing: str, hand: Writer, rng: np.random.Generator) -> Strokes:
    strokes = demo_scene.strokes(drawing, hand.wobble, rng)
    slant = hand.slant + float(rng.normal(0, 0.04))
    stretch = float(rng.uniform(0.88, 1.12))
    # A slow tremble besides the wobble of single points.
    phase, amount = rng.uniform(0, 2 * math.pi, 2), hand.wobble * 0.6
    shape = np.array([hand.proportion * stretch, 1.0], np.float32)
    written = []
    for stroke in strokes:
        tremble = amount * np.sin(9 * stroke[:, ::-1] + phase)
        bent = demo_scene.slanted((stroke + tremble).astype(np.float32), slant)
        written.append((bent * shape).astype(np.float32))
    return written


def _tangle(rng: np.random.Generator) -> Strokes:
    knots = rng.uniform(0, 1, (int(rng.integers(9, 16)), 2))
    knots[:, 0] *= rng.uniform(0.8, 2.5)
    return [demo_scene.smooth(knots.astype(np.float32))]


def _zigzag(rng: np.random.Generator) -> Strokes:
    count = int(rng.integers(7, 13))
    x = np.linspace(0, rng.uniform(1.0, 3.0), count)
    y = np.tile([0.0, 1.0], count)[:count] + rng.normal(0, 0.08, count)
    return [np.stack([x, y], axis=1).astype(np.float32)]


def _spiral(rng: np.random.Generator) -> Strokes:
    turn = np.linspace(0, 2 * math.pi * rng.uniform(3.0, 5.0), 80)
    radius = np.linspace(0.06, 0.5, 80) * (1 + 0.05 * np.sin(3 * turn))
    points = np.stack([np.cos(turn) * radius, np.sin(turn) * radius], axis=1) + 0.5
    return [points.astype(np.float32)]


def _star(rng: np.random.Generator) -> Strokes:
    turn = np.arange(6) * 4 * math.pi / 5 - math.pi / 2
    points = np.stack([np.cos(turn), np.sin(turn)], axis=1) / 2 + 0.5
    return [(points + rng.normal(0, 0.03, points.shape)).astype(np.float32)]


def _heart(rng: np.random.Generator) -> Strokes:
    knots = "~ 50,25 30,2 5,20 20,60 50,98 | ~ 50,98 82,58 96,20 72,2 50,25"
    return demo_scene.strokes(knots, 0.02, rng)


def _arrow(rng: np.random.Generator) -> Strokes:
    return demo_scene.strokes(
        "- 0,50 180,48 | - 150,15 182,48 150,85 | - 0,30 0,70", 0.03, rng
    )
