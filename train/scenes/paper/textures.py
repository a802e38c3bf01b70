"""Surfaces: paper, wood, cloth, carpet, leaves."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from train.scenes.writing.pens import SHIFT, grain

FloatPicture = NDArray[np.float32]  # (H, W, 3), BGR, 0..255


def paper(
    size_wh: tuple[int, int], bgr: tuple[float, float, float], rng: np.random.Generator
) -> FloatPicture:
    """Draw a sheet with its tooth and a little unevenness."""
    rough = fitted(grain(), size_wh, rng) * rng.uniform(0.3, 1.6)
    rough += 2.5 * clouds(size_wh, (5, 4), rng)
    return np.asarray(rough[..., np.newaxis] + np.array(bgr, np.float32), np.float32)


def wood(size_wh: tuple[int, int], rng: np.random.Generator) -> FloatPicture:
    """Draw a table top, its grain along the frame's width."""
    rings = clouds(size_wh, (3, 9), rng) * rng.uniform(6, 14)
    pores = clouds(size_wh, (12, 160), rng)
    value = 12 * np.sin(rings) + 7 * pores
    base = _one(rng, ((60, 95, 140), (45, 70, 105), (110, 150, 190), (30, 45, 70)))
    return _tinted(value, base)


def cloth(size_wh: tuple[int, int], rng: np.random.Generator) -> FloatPicture:
    """Draw a woven table cloth, sometimes checked or striped."""
    width, height = size_wh
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    pitch = height / rng.uniform(60, 200)
    value = 9 * np.sin(x * 2 * math.pi / pitch) * np.sin(y * 2 * math.pi / pitch)
    wide = height / rng.uniform(4, 14)
    depth = rng.uniform(0, 45)
    kind = rng.integers(3)
    if kind > 0:
        value += depth * ((x // wide) % 2)
    if kind > 1:
        value += depth * ((y // wide) % 2)
    value += 14 * clouds(size_wh, (4, 3), rng) + 4 * fitted(grain(), size_wh, rng)
    return _tinted(value, _one(rng, _CLOTHS_BGR))


def carpet(size_wh: tuple[int, int], rng: np.random.Generator) -> FloatPicture:
    """Draw a carpet or gravel: dense blots."""
    cells = int(rng.integers(50, 200))
    value = 28 * clouds(size_wh, (cells, int(cells * 0.75)), rng)
    value += 8 * fitted(grain(), size_wh, rng)
    return _tinted(value, _one(rng, _CLOTHS_BGR))


def streaked(size_wh: tuple[int, int], rng: np.random.Generator) -> FloatPicture:
    """Draw a dark board whose grain runs in any direction, in short pale streaks."""
    width, height = size_wh
    side = math.ceil(math.hypot(width, height))
    across, along = side / rng.uniform(1.5, 8), side / rng.uniform(15, 150)
    streaks = clouds((side, side), (math.ceil(along), math.ceil(across)), rng)
    streaks = np.maximum(streaks - rng.uniform(-1.0, 1.0), 0)
    streaks *= np.clip(1 + clouds((side, side), (6, 4), rng), 0.2, 2)
    middle = (side / 2, side / 2)
    turn = cv2.getRotationMatrix2D(middle, rng.uniform(0, 180), 1.0)
    turn[0, 2] += (width - side) / 2
    turn[1, 2] += (height - side) / 2
    turned = cv2.warpAffine(streaks, turn, size_wh, borderMode=cv2.BORDER_REFLECT)
    color = rng.uniform(3, 50) * (1 + rng.normal(0, 0.1, 3))
    value = turned * rng.uniform(5, 45) + fitted(grain(), size_wh, rng)
    return np.asarray(np.maximum(value[..., np.newaxis] + color, 0), np.float32)


def leaves(size_wh: tuple[int, int], rng: np.random.Generator) -> FloatPicture:
    """Draw leaves over one another, each with its midrib."""
    width, height = size_wh
    picture = np.full((height, width, 3), (20, 40, 30), np.uint8)
    for _ in range(int(rng.integers(60, 160))):
        size = height * rng.uniform(0.05, 0.2)
        turn = rng.uniform(0, 2 * math.pi)
        along = np.linspace(0, 1, 12)
        half = np.sin(math.pi * along) * rng.uniform(0.2, 0.35)
        outline = np.concatenate(
            [np.stack([along, half], 1), np.stack([along, -half], 1)[::-1]]
        )
        rotation = np.array(
            [[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]]
        )
        place = rng.uniform(-0.1, 1.1, 2) * size_wh
        points = np.rint((outline @ rotation * size + place) * 16).astype(np.int32)
        color = _one(rng, ((40, 110, 60), (30, 140, 100), (40, 90, 140), (60, 150, 90)))
        cv2.fillPoly(picture, [points], color, cv2.LINE_AA, SHIFT)
        dark = [0.6 * c for c in color]
        cv2.line(picture, points[0], points[11], dark, 1, cv2.LINE_AA, SHIFT)
    return picture.astype(np.float32)


def creases(
    size_wh: tuple[int, int], count: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return `(H, W)` float32 factors of light on paper folded `count` times."""
    width, height = size_wh
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    light = np.ones((height, width), np.float32)
    for _ in range(count):
        turn = rng.uniform(0, math.pi)
        through = rng.uniform(0.2, 0.8, 2) * size_wh
        away = (x - through[0]) * math.cos(turn) + (y - through[1]) * math.sin(turn)
        # The two sides face the lamp differently, most of all at the fold itself.
        sides = np.tanh(away / (0.006 * height))
        near = np.exp(-np.abs(away) / (rng.uniform(0.01, 0.05) * height))
        light += sides * (0.02 + rng.uniform(0.05, 0.18) * near)
    return light


def clouds(
    size_wh: tuple[int, int], cells: tuple[int, int], rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return smooth noise, `(H, W)` float32 about 1, from a grid of `cells`."""
    coarse = rng.standard_normal((cells[1] + 1, cells[0] + 1)).astype(np.float32)
    return np.asarray(
        cv2.resize(coarse, size_wh, interpolation=cv2.INTER_CUBIC), np.float32
    )


def fitted(
    tile: NDArray[np.float32], size_wh: tuple[int, int], rng: np.random.Generator
) -> NDArray[np.float32]:
    """Repeat a tile, from a random start, to a size."""
    tile = np.roll(tile, rng.integers(tile.shape[0], size=2), axis=(0, 1))
    rows, columns = -(-size_wh[1] // tile.shape[0]), -(-size_wh[0] // tile.shape[1])
    return np.tile(tile, (rows, columns))[: size_wh[1], : size_wh[0]]


_CLOTHS_BGR = (
    (90, 60, 50), (60, 60, 120), (120, 130, 140), (50, 50, 55), (170, 175, 180),
    (90, 120, 90), (70, 110, 160),
)  # fmt: skip


def _one(
    rng: np.random.Generator, colors: tuple[tuple[int, int, int], ...]
) -> tuple[float, ...]:
    chosen = colors[rng.integers(len(colors))]
    return tuple(float(c) for c in np.clip(chosen + rng.normal(0, 10, 3), 5, 250))


def _tinted(value: NDArray[np.float32], base: tuple[float, ...]) -> FloatPicture:
    brightness = sum(base) / len(base)
    factor = 1 + value / max(40.0, brightness)
    return np.asarray(
        np.clip(factor, 0.1, 2.5)[..., np.newaxis] * np.array(base, np.float32),
        np.float32,
    )
