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


@dataclass(frozen=True)
class VariationConstants:
    """Shares and spans of how crops show their scenes.

    Attributes:
        heights_px: That the digit at a crop's middle is brought to: far beyond what a
            look finds, for a finer look shows large digits too, and a stroke of a large
            7 is no 1.
        around_digit_share: Of the crops, those around a digit.
        around_other_share: Those around any other glyph; the rest lie anywhere.
        turn_deg: Deviation of the angle by which most are turned.
        most_turned_deg: Angle by which the others are turned at most.
        turned_share: Of the crops, those others.
        most_enlarged: By which a scene is enlarged at most.
        shortest_side_share: Of a crop's side, the scene's shorter side.
        ordinary_px: Of a glyph: strips are no higher and may leave more bare.
        beyond_share: Of a crop's side, how far it reaches beyond its scene.
        scales_without: Of scenes without digits.
    """

    heights_px: tuple[float, float] = (6.0, 110.0)
    around_digit_share: float = 0.55
    around_other_share: float = 0.2
    turn_deg: float = 4.0
    most_turned_deg: float = 32.0
    turned_share: float = 0.2
    most_enlarged: float = 3.0
    shortest_side_share: float = 0.8
    ordinary_px: float = 32.0
    beyond_share: float = 0.04
    scales_without: tuple[float, float] = (0.25, 3.0)


VARIATION = VariationConstants()


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
        np.clip(middle, inner, size - inner)
        + rng.normal(0, VARIATION.beyond_share, 2) * side / scale
    )
    stretch = math.exp(rng.normal(0, 0.08))
    if rng.random() < VARIATION.turned_share:
        turn = math.radians(
            rng.uniform(-VARIATION.most_turned_deg, VARIATION.most_turned_deg)
        )
    else:
        turn = math.radians(rng.normal(0, VARIATION.turn_deg))
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
    if len(others) and (draw < VARIATION.around_other_share or not len(digits)):
        glyphs, share = others, 1.0
    else:
        glyphs, share = (
            digits,
            VARIATION.around_digit_share / (1 - VARIATION.around_other_share),
        )
    anywhere = rng.uniform(0, 1, 2) * (width, height)
    # Little of a crop lies beyond its scene, where there is nothing to learn.
    least = VARIATION.shortest_side_share * side / min(height, width)
    if not len(glyphs):
        return max(least, _log_uniform(VARIATION.scales_without, rng)), anywhere
    chosen = scene.boxes[glyphs[rng.integers(len(glyphs))]]
    longer = max(1.0, float(max(chosen[2:])))
    scale = max(
        _log_uniform(VARIATION.heights_px, rng) / longer,
        min(least, VARIATION.ordinary_px / longer),
    )
    scale = min(VARIATION.most_enlarged, scale)
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
