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

Strokes = list[Points]

# As in `scene.SHAPES`: `~` a smooth curve through the points, `-` straight lines.
_MORE_SHAPES: dict[int, tuple[str, ...]] = {
    0: (
        "~ 45,2 20,14 10,40 12,70 28,94 54,98 78,86 88,60 86,30 70,7 46,1 36,7",
        "~ 58,3 30,10 10,40 12,76 34,97 62,96 86,74 90,38 76,12 54,3 52,16 66,24",
        "~ 50,3 22,10 5,34 5,66 22,92 50,98 78,92 96,66 95,34 78,9 52,3 44,4",
    ),
    1: (
        "~ 60,0 54,50 46,100",
        "- 8,48 58,0 56,100",
        "~ 32,26 46,16 56,0 | - 56,0 52,100",
        "- 34,20 54,0 54,100 | - 24,99 84,100",
    ),
    2: (
        "~ 14,18 34,4 76,4 68,36 12,97 | - 12,97 90,97",
        "~ 14,24 40,2 76,14 72,42 40,76 12,98 | ~ 12,98 38,90 66,98 95,90",
        "~ 10,30 22,6 60,0 82,24 62,58 28,88 16,96 | - 16,96 88,94",
        "~ 16,20 50,0 78,18 66,52 24,92 12,84 30,76 60,96 96,88",
    ),
    3: (
        "~ 15,12 48,0 78,16 70,38 36,47 | ~ 36,47 80,58 82,84 48,100 10,88",
        "~ 12,8 60,0 76,24 48,45 34,48 52,48 84,66 66,96 30,100 8,90",
        "- 16,4 78,4 38,40 | ~ 38,40 80,52 78,86 40,100 12,92",
        "~ 20,6 70,4 70,30 32,46 74,58 82,84 50,99 14,94",
    ),
    4: (
        "- 30,0 12,55 92,52 | - 68,28 62,100",
        "- 22,5 16,56 88,54 | - 72,4 70,100",
        "- 66,100 66,0 6,66 96,66",
        "~ 26,2 20,36 14,58 | - 14,58 94,54 | - 70,18 64,100",
        "- 60,0 6,60 92,58 | - 62,36 58,100",
    ),
    5: (
        "~ 85,4 34,6 24,42 60,40 84,68 56,98 12,92",
        "- 78,4 30,4 | ~ 30,4 24,44 60,38 82,66 52,100 14,92",
        "- 30,8 22,46 | ~ 22,46 64,40 84,70 50,100 12,90 | - 30,8 92,3",
        "- 34,4 26,42 | ~ 26,42 70,44 78,80 44,100 10,96 | ~ 32,5 60,8 88,2",
    ),
    6: (
        "~ 62,0 24,45 16,76 42,99 76,84 68,58 34,60 18,78",
        "~ 80,10 60,0 28,30 14,70 44,100 80,78 56,54 20,70",
        "~ 50,0 20,40 12,72 34,99 70,92 78,68 50,56 22,66",
        "~ 74,2 40,26 14,68 30,98 70,94 84,70 60,56 24,68 16,80",
    ),
    7: (
        "- 12,18 14,4 86,4 44,100",
        "~ 8,8 46,9 88,3 | ~ 88,3 60,45 46,100",
        "- 12,18 13,5 88,4 46,100 | - 32,52 80,48",
        "~ 10,10 30,2 56,8 88,4 | ~ 88,4 66,40 52,100 | - 36,52 84,48",
        "- 14,4 84,4 66,40 56,100",
    ),
    8: (
        "~ 50,48 24,28 48,2 74,24 50,48 | ~ 50,48 16,74 50,100 84,74 50,48",
        "~ 78,14 48,2 24,22 52,48 80,74 50,99 18,76 46,50 80,12",
        "~ 70,10 40,2 26,24 60,50 78,76 48,100 22,78 44,52 72,26 68,8",
        "~ 54,46 30,30 40,6 66,8 70,30 40,52 18,76 40,98 74,90 76,66 52,46",
    ),
    9: (
        "~ 82,22 50,2 18,26 44,52 80,28 | ~ 81,24 76,70 50,98 22,92",
        "~ 78,14 44,0 18,28 46,50 78,24 | ~ 79,20 74,60 62,100",
        "~ 76,30 46,50 20,30 44,2 76,16 78,40 72,100",
        "~ 74,8 34,6 22,34 50,48 76,26 | - 76,8 72,100",
        "~ 72,12 40,2 20,24 40,46 74,28 72,14 | - 74,14 48,100",
    ),
}
_SHAPES = {
    label: (*shapes, *_MORE_SHAPES[label])
    for label, shapes in demo_scene.SHAPES.items()
}

_WITH_TAILS = (4, 7, 9)
# Some people write legs up to twice as long as the rest of the digit.
_LONG_TAILED, LONG_TAILS = 0.2, (0.3, 0.9)

# Letters that are no digit to any reader: without o, l, s, z, b, q, g and the like.
_LETTER_STROKES: dict[str, str] = {
    "A": "- 5,100 48,0 92,100 | - 22,64 76,64",
    "E": "- 85,2 15,2 15,98 88,98 | - 15,50 70,48",
    "F": "- 85,2 18,2 18,100 | - 18,50 70,48",
    "H": "- 12,0 12,100 | - 88,0 88,100 | - 12,52 88,48",
    "K": "- 15,0 15,100 | - 85,0 16,56 | - 36,42 90,100",
    "M": "- 4,100 14,0 50,62 86,0 97,100",
    "N": "- 12,100 12,0 86,100 86,0",
    "R": "- 15,100 15,2 | ~ 15,2 78,8 74,46 15,52 | - 40,52 88,100",
    "V": "- 5,0 48,100 94,0",
    "W": "- 0,0 24,100 50,36 76,100 100,0",
    "X": "- 8,0 92,100 | - 90,0 8,100",
    "a": "~ 78,44 40,36 14,66 36,98 76,70 | - 80,40 80,84 96,98",
    "d": "~ 74,52 34,44 12,74 40,100 74,76 | - 80,0 80,88 94,100",
    "e": "~ 14,68 70,62 82,48 50,36 16,62 26,96 86,88",
    "h": "- 18,0 18,100 | ~ 18,62 50,40 80,56 80,100",
    "k": "- 16,0 16,100 | - 74,42 18,72 | - 38,62 84,100",
    "m": "- 6,42 6,100 | ~ 6,58 26,40 48,56 48,100 | ~ 48,58 70,40 94,56 94,100",
    "n": "- 16,40 16,100 | ~ 16,58 50,38 82,56 82,100",
    "p": "- 18,40 18,130 | ~ 18,52 60,36 88,66 60,98 18,88",
    "r": "- 24,40 24,100 | ~ 24,62 46,42 80,44",
    "t": "~ 46,6 44,80 60,99 84,90 | - 14,36 82,34",
    "u": "~ 14,40 16,80 40,100 78,78 | - 82,38 82,84 98,99",
    "v": "- 10,40 46,100 86,40",
    "w": "- 2,40 24,100 50,56 74,100 98,40",
    "x": "- 12,40 88,100 | - 86,40 12,100",
}
LETTERS = tuple(_LETTER_STROKES)


@dataclass(frozen=True)
class Writer:
    """How one person writes.

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
    shapes = _SHAPES[label]
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
    if label in _WITH_TAILS:  # only what lies below the middle reaches further down
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
    return _written(_LETTER_STROKES[name], hand, rng)


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
