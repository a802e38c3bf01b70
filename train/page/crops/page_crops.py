"""Crops of rendered scenes, varied as pictures differ: what the page network sees."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common import geometry
from edge_app.model.classify import NUM_DIGITS
from train.page.crops.grain import grain
from train.page.crops.pool import Rendered
from train.page.crops.targets import Targets, targets

# Pixels that the digit at a crop's middle is brought to: far beyond what a look finds,
# for a finer look shows large digits too, and a stroke of a large 7 is no 1.
_CROPPED_HEIGHTS_PX = (6.0, 110.0)
# Shares of crops around a digit and around any other glyph; the others lie anywhere.
_AROUND_DIGIT, _AROUND_OTHER = 0.55, 0.2
_TURN_DEG, _MOST_TURNED_DEG, _TURNED_SHARE = 4.0, 32.0, 0.2
_MOST_ENLARGED = 3.0
_SHORTEST_SIDE_SHARE = 0.8  # of a crop's side: the scene's shorter side
_ORDINARY = 32.0  # pixels: strips are no higher than a digit and may leave more bare
_BEYOND = 0.04  # of a crop's side: how far it reaches beyond its scene
_SCALES_WITHOUT = (0.25, 3.0)  # of scenes without digits


@dataclass(frozen=True)
class Crop:
    """A crop and what the network should say of it.

    Attributes:
        gray: `(S, S)` uint8.
        targets: At a quarter of its size.
    """

    gray: NDArray[np.uint8]
    targets: Targets


def crop(scene: Rendered, side: int, rng: np.random.Generator) -> Crop:
    """Return a varied crop of a scene.

    Args:
        scene: From a pool.
        side: Of the crop in pixels, a multiple of 16.
        rng: Source of everything random.
    """
    height, width = scene.gray.shape
    scale, middle = _look(scene, side, rng)
    half = side / 2 / scale
    size = np.array([width, height])
    inner = np.minimum(half, size / 2)
    middle = (
        np.clip(middle, inner, size - inner) + rng.normal(0, _BEYOND, 2) * side / scale
    )
    stretch = math.exp(rng.normal(0, 0.08))
    if rng.random() < _TURNED_SHARE:
        turn = math.radians(rng.uniform(-_MOST_TURNED_DEG, _MOST_TURNED_DEG))
    else:
        turn = math.radians(rng.normal(0, _TURN_DEG))
    cos, sin = math.cos(turn) * scale, math.sin(turn) * scale
    linear = np.array([[cos * stretch, -sin], [sin * stretch, cos]])
    matrix = np.column_stack([linear, side / 2 - linear @ middle])
    gray = _seen(scene.gray, matrix, scale, side, cv2.BORDER_REPLICATE)
    ink = _seen(scene.ink, matrix, scale, side, cv2.BORDER_CONSTANT)
    boxes, unjudged = (
        _placed(group, matrix, turn) for group in (scene.boxes, scene.unjudged)
    )
    return Crop(_varied(gray, rng), targets(boxes, scene.kinds, unjudged, ink))


def of_grain(side: int, rng: np.random.Generator) -> Crop:
    """Return a crop of nothing but grain; arguments as for `crop`."""
    nothing = np.zeros((0, 4), np.float32)
    blank = np.zeros((side, side), np.uint8)
    made = targets(nothing, np.zeros(0, np.int64), nothing, blank)
    return Crop(_varied(grain(side, rng), rng), made)


def _look(
    scene: Rendered, side: int, rng: np.random.Generator
) -> tuple[float, NDArray[np.float64]]:
    """Return how much a scene is enlarged, and which point is at the crop's middle."""
    height, width = scene.gray.shape
    (digits,) = np.nonzero(scene.kinds < NUM_DIGITS)
    (others,) = np.nonzero(scene.kinds >= NUM_DIGITS)
    draw = rng.random()
    if len(others) and (draw < _AROUND_OTHER or not len(digits)):
        glyphs, share = others, 1.0
    else:
        glyphs, share = digits, _AROUND_DIGIT / (1 - _AROUND_OTHER)
    anywhere = rng.uniform(0, 1, 2) * (width, height)
    # Little of a crop lies beyond its scene, where there is nothing to learn.
    least = _SHORTEST_SIDE_SHARE * side / min(height, width)
    if not len(glyphs):
        return max(least, _log_uniform(_SCALES_WITHOUT, rng)), anywhere
    chosen = scene.boxes[glyphs[rng.integers(len(glyphs))]]
    longer = max(1.0, float(max(chosen[2:])))
    scale = max(
        _log_uniform(_CROPPED_HEIGHTS_PX, rng) / longer, min(least, _ORDINARY / longer)
    )
    scale = min(_MOST_ENLARGED, scale)
    if rng.random() > share:
        return scale, anywhere
    middle = chosen[:2] + chosen[2:] / 2
    return scale, middle + rng.uniform(-0.4, 0.4, 2) * side / scale


def _seen(
    picture: NDArray[np.uint8],
    matrix: NDArray[np.float64],
    scale: float,
    side: int,
    border: int,
) -> NDArray[np.uint8]:
    """Return a square of a picture, mapped by a matrix that scales it so."""
    if scale < 0.9:
        # Shrunk by averaging first, as reading does: a warp alone would alias.
        picture = geometry.scaled(picture, scale)
        matrix = matrix @ np.diag([1 / scale, 1 / scale, 1.0])
    seen = cv2.warpAffine(picture, matrix, (side, side), borderMode=border)
    return np.asarray(seen, np.uint8)


def _log_uniform(span: tuple[float, float], rng: np.random.Generator) -> float:
    return math.exp(rng.uniform(math.log(span[0]), math.log(span[1])))


def _placed(
    boxes: NDArray[np.float32], matrix: NDArray[np.float64], turn: float
) -> NDArray[np.float32]:
    """Return boxes of the scene in the crop, around an ellipse that was turned."""
    if not len(boxes):
        return boxes
    middles = boxes[:, :2] + boxes[:, 2:] / 2
    middles = middles @ matrix[:, :2].T + matrix[:, 2]
    sizes = boxes[:, 2:] * np.hypot(*matrix[:, :2])
    # Ink seldom fills a box's corners: it is as an ellipse in the box.
    sizes = np.hypot(math.cos(turn) * sizes, math.sin(turn) * sizes[:, ::-1])
    return np.concatenate([middles - sizes / 2, sizes], axis=1).astype(np.float32)


def _varied(gray: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    if rng.random() < 0.08:
        how = cv2.MORPH_ERODE if rng.random() < 0.5 else cv2.MORPH_DILATE
        gray = np.asarray(cv2.morphologyEx(gray, how, np.ones((2, 2))), np.uint8)
    if rng.random() < 0.1:
        sigma = float(rng.uniform(0.4, 1.1))
        gray = np.asarray(cv2.GaussianBlur(gray, (0, 0), sigma), np.uint8)
    # Light, contrast and curve of another camera, from faint to full.
    curve = np.linspace(0, 1, 256) ** math.exp(rng.normal(0, 0.3))
    gain = float(rng.uniform(0.35, 1.15)) if rng.random() < 0.5 else 1.0
    curve = curve * gain + float(rng.uniform(0, max(0.0, 1 - gain)))
    if rng.random() < 0.25:
        curve = 1 - curve
    table = np.clip(np.rint(255 * curve), 0, 255).astype(np.uint8)
    gray = np.asarray(cv2.LUT(gray, table), np.uint8)
    if rng.random() < 0.4:
        noise = rng.normal(0, float(rng.uniform(1, 8)), gray.shape)
        gray = np.clip(gray + noise, 0, 255).astype(np.uint8)
    return gray
