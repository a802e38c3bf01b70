"""Strokes -> ink on paper: pens, pencils, markers and chalk."""

import itertools
import math
import operator
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common.geometry import Box
from edge_app.sources.demo.demo_scene import Points
from train.scenes.writing.handwriting import Strokes, gaps

SHIFT = 4  # fractional bits of the coordinates that OpenCV draws with


@dataclass(frozen=True)
class _Raster:
    """The raster in which strokes are drawn, and what their boxes go around.

    Attributes:
        finest_px: Width with which strokes are drawn at least, before they are shrunk.
        most_oversampling: How many times finer than the layer it is at most.
        box_of_strongest: Of the strongest ink: what a digit's box goes around.
        grain_side_px: Of the paper's tooth.
    """

    finest_px: float = 4.0
    most_oversampling: int = 4
    box_of_strongest: float = 0.4
    grain_side_px: int = 512


_RASTER = _Raster()


@dataclass(frozen=True)
class Pen:
    """A pen to write with.

    Attributes:
        width: Of its strokes, as a share of the digit's height.
        strength: How much of the ground it hides, 0..1.
        variation: How much the width changes along a stroke, 0..1.
        grain: How much of the paper's grain shows through, 0..1; 1 leaves holes.
        skips: Gaps in each height's length of stroke.
        fade: How much of its ink a stroke loses from its start to its end, 0..1.
    """

    width: float
    strength: float = 0.92
    variation: float = 0.15
    grain: float = 0.0
    skips: float = 0.0
    fade: float = 0.0


def draw(
    ink: NDArray[np.float32],
    strokes: Strokes,
    pen: Pen,
    height: float,
    rng: np.random.Generator,
    coverage: NDArray[np.float32] | None = None,
) -> Box | None:
    """Write strokes into a layer of ink.

    Args:
        ink: `(H, W)` float32, 0 no ink to 1 all ink; changed in place.
        strokes: In pixels of the layer.
        pen: What they are written with.
        height: Of a digit, in pixels: the unit of the pen's width.
        rng: Source of the pen's irregularities.
        coverage: As `ink`, for where a pen with neither paleness nor grain would leave
            ink; `None` where nobody asks.

    Returns:
        The bounding box of the ink within the layer, or `None` if all is outside.
    """
    width = max(0.7, pen.width * height)
    if pen.skips:
        strokes = [
            part for stroke in strokes for part in _skipped(stroke, pen, height, rng)
        ]
        if not strokes:  # a dot that was skipped
            return None
    every = np.concatenate(strokes)
    margin = int(width) + 3
    x0, y0 = (np.floor(every.min(axis=0)) - margin).astype(int)
    x1, y1 = (np.ceil(every.max(axis=0)) + margin).astype(int)
    if (x1 - x0) * (y1 - y0) > 4 * ink.size:  # far outside
        return None
    moved = [stroke - (x0, y0) for stroke in strokes]
    covered, share = _drawn(moved, (x1 - x0, y1 - y0), pen, width, rng)
    return blend(ink, covered, (int(x0), int(y0)), pen, rng, coverage, share)


def _drawn(
    strokes: Strokes,
    size_wh: tuple[int, int],
    pen: Pen,
    width: float,
    rng: np.random.Generator,
) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
    """Return a patch of coverage, 0..1, and how much ink the pen has left where.

    The latter is `None` for a pen that does not fade.
    """
    # A fractional width below four pixels needs the finer raster.
    finer = np.ceil(_RASTER.finest_px / width)
    fine = int(np.clip(finer, 1, _RASTER.most_oversampling))
    patch = np.zeros((size_wh[1] * fine, size_wh[0] * fine), np.uint8)
    enlarged = [stroke * fine for stroke in strokes]
    for stroke in enlarged:
        _line(patch, stroke, width * fine, pen.variation, rng)
    covered = _shrunk(patch, fine)
    if not pen.fade:
        return covered, None
    left = _faded(patch.shape, enlarged, width * fine, pen.fade)
    return covered, _shrunk(left, fine)


def blend(
    ink: NDArray[np.float32],
    patch: NDArray[np.float32],
    place: tuple[int, int],
    pen: Pen,
    rng: np.random.Generator,
    coverage: NDArray[np.float32] | None = None,
    share: NDArray[np.float32] | None = None,
) -> Box | None:
    """Lay a patch of coverage, 0..1, onto a layer of ink; as `draw`.

    `share`, of the patch's shape, says how much ink the pen has left where, 0..1.
    """
    x0, y0 = place
    left, top = max(0, x0), max(0, y0)
    right = min(ink.shape[1], x0 + patch.shape[1])
    bottom = min(ink.shape[0], y0 + patch.shape[0])
    if right <= left or bottom <= top:
        return None
    seen = patch[top - y0 : bottom - y0, left - x0 : right - x0]
    strongest = float(patch.max())
    covered = (seen >= _RASTER.box_of_strongest * strongest).astype(np.uint8)
    x, y, w, h = cv2.boundingRect(covered)
    if not w:
        return None
    if coverage is not None:
        np.maximum(
            coverage[top:bottom, left:right],
            seen / max(strongest, 1e-6),
            out=coverage[top:bottom, left:right],
        )
    if share is not None:
        seen = seen * share[top - y0 : bottom - y0, left - x0 : right - x0]
    if pen.grain:
        seen = seen * _grain_window(seen.shape, pen.grain, rng)
    window = ink[top:bottom, left:right]
    np.maximum(window, seen * pen.strength, out=window)
    return left + x, top + y, w, h


@cache
def grain() -> NDArray[np.float32]:
    """Return the paper's tooth: `(512, 512)` float32 of mean 0 and deviation 1."""
    rng = np.random.default_rng(1)
    size = _RASTER.grain_side_px, _RASTER.grain_side_px
    fine = rng.standard_normal(size).astype(np.float32)
    rough = cv2.GaussianBlur(fine, (0, 0), 0.8)
    return np.asarray(rough / rough.std(), np.float32)


def _grain_window(
    shape: tuple[int, ...], amount: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    side = _RASTER.grain_side_px
    y, x = rng.integers(side, size=2)
    rows = np.arange(y, y + shape[0]) % side
    columns = np.arange(x, x + shape[1]) % side
    window = grain()[rows][:, columns]
    share = np.clip(1 - 0.35 * amount + 0.55 * amount * window, 1 - amount, 1)
    return np.asarray(share, np.float32)


def _skipped(
    stroke: Points, pen: Pen, height: float, rng: np.random.Generator
) -> Strokes:
    length = float(np.hypot(*np.diff(stroke, axis=0).T).sum())
    count = int(rng.poisson(pen.skips * length / height))
    # Evenly spread with some jitter, so that no two gaps merge into one.
    places = (np.arange(count) + rng.uniform(0.25, 0.75, count)) / max(1, count)
    # Wider than the round ends of the parts, which reach into it.
    width = pen.width * height + height * float(rng.uniform(0.015, 0.045))
    return gaps(stroke, list(places), width)


def _line(
    patch: NDArray[np.uint8],
    points: Points,
    width: float,
    variation: float,
    rng: np.random.Generator,
) -> None:
    fixed = np.rint(points * (1 << SHIFT)).astype(np.int32)
    if variation * width < 1:
        cv2.polylines(
            patch, [fixed], False, 255, max(1, round(width)), cv2.LINE_AA, SHIFT
        )
        return
    # Pressure: a slow change along the stroke.
    phase, speed = rng.uniform(0, 6.28), rng.uniform(0.02, 0.12)
    pressure = 1 + variation * np.sin(phase + speed * np.arange(len(fixed)))
    # A straight stroke has few points: its width tapers between them in steps.
    widths = np.maximum(1, np.rint(width * pressure)).astype(int)
    for start, end, thickness in zip(fixed[:-1], fixed[1:], widths, strict=False):
        cv2.line(patch, start, end, 255, int(thickness), cv2.LINE_AA, SHIFT)


def _faded(
    shape: tuple[int, ...], strokes: Strokes, width: float, fade: float
) -> NDArray[np.uint8]:
    """Draw strokes whose ink runs out along the way."""
    share = np.full(shape, round(255 * (1 - fade)), np.uint8)
    thick = max(1, math.ceil(1.6 * width))
    parts = [
        (round(255 * (1 - fade * index / len(stroke))), start, end)
        for stroke in strokes
        for index, (start, end) in enumerate(itertools.pairwise(stroke))
    ]
    # The fullest last, so that it stays where strokes cross.
    for left, start, end in sorted(parts, key=operator.itemgetter(0)):
        ends = np.rint(np.stack([start, end]) * (1 << SHIFT)).astype(np.int32)
        cv2.line(share, ends[0], ends[1], left, thick, cv2.LINE_8, SHIFT)
    return share


def _shrunk(patch: NDArray[np.uint8], fine: int) -> NDArray[np.float32]:
    if fine > 1:
        size_wh = patch.shape[1] // fine, patch.shape[0] // fine
        patch = np.asarray(
            cv2.resize(patch, size_wh, interpolation=cv2.INTER_AREA), np.uint8
        )
    return patch.astype(np.float32) / np.float32(255)
