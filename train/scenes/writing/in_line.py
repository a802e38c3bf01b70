"""Signs as they stand in a line: of which size, at which height."""

import numpy as np
from numpy.typing import NDArray

from edge_app.sources.demo.demo_scene import Points
from train.scenes.writing.handwriting import Strokes

_RESAMPLED_STEP = 0.045  # between resampled points, of the height of a capital
# Where signs stand in a line: top and bottom, or, of flat ones, middle and width.
_X_HEIGHT, _ASCENDER, _DESCENDER = (0.42, 1.0), (0.0, 1.0), (0.42, 1.42)
_TOP_AND_BOTTOM: dict[str, tuple[float, float]] = {
    **dict.fromkeys("acemnorsuvwxz", _X_HEIGHT),
    **dict.fromkeys("gpqy", _DESCENDER),
    **dict.fromkeys("([{|)]}/\\", (-0.08, 1.12)),
    **dict.fromkeys("<>", (0.32, 0.88)),
    **dict.fromkeys("'\"`^", (-0.02, 0.26)),
    "i": (0.15, 1.0), "j": (0.15, 1.42), "t": (0.12, 1.0), "*": (0.1, 0.55),
    "+": (0.28, 0.85), ",": (0.88, 1.18), ":": (0.42, 0.98), ";": (0.45, 1.18),
}  # fmt: skip
_FLAT = {"-": (0.56, 0.42), "=": (0.56, 0.5), "_": (1.05, 0.6), "~": (0.55, 0.55)}
_POINT = 0.07  # size of a full stop


def in_line(kind: str, label: str, strokes: Strokes) -> Strokes:
    """Return what was recorded, of its size and at its height in a line."""
    if kind == "digits":
        return _placed(strokes, *_ASCENDER)
    if kind == "words":
        places = [_TOP_AND_BOTTOM.get(letter, _ASCENDER) for letter in label]
        top = min(place[0] for place in places)
        return _placed(strokes, top, max(place[1] for place in places))
    if label == ".":
        return _sized(strokes, _POINT, middle_y=1 - _POINT / 2)
    if label in _FLAT:
        middle, width = _FLAT[label]
        return _sized(strokes, width, middle_y=middle)
    return _placed(strokes, *_TOP_AND_BOTTOM.get(label, _ASCENDER))


def _placed(strokes: Strokes, top: float, bottom: float) -> Strokes:
    """Scale strokes so that they reach from one height to another."""
    every = np.concatenate(strokes)
    lowest = every.min(axis=0)
    width, height = np.ptp(every, axis=0)
    scale = (bottom - top) / max(float(height), 0.12 * float(width), 1.0)
    return [_even((stroke - lowest) * scale + (0, top)) for stroke in strokes]


def _sized(strokes: Strokes, size: float, *, middle_y: float) -> Strokes:
    """Scale strokes by their longer side, around a height."""
    every = np.concatenate(strokes)
    low, high = every.min(axis=0), every.max(axis=0)
    scale = size / max(float((high - low).max()), 1.0)
    middle = np.array([low[0], (low[1] + high[1]) / 2])
    return [_even((stroke - middle) * scale + (0, middle_y)) for stroke in strokes]


def _even(stroke: NDArray[np.floating]) -> Points:
    """Return a stroke's points at even distances, its jags smoothed."""
    steps = np.hypot(*np.diff(stroke, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    length = float(along[-1])
    if length < _RESAMPLED_STEP / 4:  # a dot
        return np.array([stroke[0], stroke[0] + (0.01, 0.01)], np.float32)
    at = np.linspace(0, length, max(3, round(length / _RESAMPLED_STEP) + 1))
    points = np.stack([np.interp(at, along, axis) for axis in stroke.T], axis=1)
    points[1:-1] = (points[:-2] + 2 * points[1:-1] + points[2:]) / 4
    return points.astype(np.float32)
