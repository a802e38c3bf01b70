"""Light, lens and sensor: what happens to a page before it is a stored frame."""

import math
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.sources.demo.demo_scene import smooth
from train.scenes.setting import Setting

_LOW = 8  # soft light is computed this much smaller
_TILE = 512  # of noise, repeated over large frames


def photographed(
    page: NDArray[np.float32], setting: Setting, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Return the frame that a camera stores of a page.

    Args:
        page: `(H, W, 3)` float32, BGR, 0..255; used up.
        setting: Its light and the camera's faults.
        rng: Source of everything random.

    Returns:
        The same shape, uint8.
    """
    height, width = page.shape[:2]
    unit = height / 480
    page *= light((width, height), setting, rng)[..., np.newaxis]
    if setting.glare:
        spot = _spot((width, height), rng) * (190 * setting.glare)
        page += spot[..., np.newaxis]
    page = _blurred(page, setting, unit, rng)
    page += _noise(page.shape, setting.noise, rng)
    frame = np.asarray(cv2.convertScaleAbs(np.maximum(page, 0)), np.uint8)
    if setting.jpeg == 100:
        return frame
    quality = [cv2.IMWRITE_JPEG_QUALITY, setting.jpeg]
    _, content = cv2.imencode(".jpg", frame, quality)
    return np.asarray(cv2.imdecode(content, cv2.IMREAD_COLOR), np.uint8)


def light(
    size_wh: tuple[int, int], setting: Setting, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return `(H, W)` float32 factors: a lamp at one side, dark corners, a shadow."""
    width, height = size_wh
    small = max(2, width // _LOW), max(2, height // _LOW)
    y, x = np.mgrid[0 : small[1], 0 : small[0]].astype(np.float32)
    x, y = x / small[0] - 0.5, y / small[1] - 0.5
    angle = rng.uniform(0, 2 * math.pi)
    lamp = 1 + 0.15 * (x * math.cos(angle) + y * math.sin(angle))
    lamp *= 1 - setting.vignetting * 2 * (x**2 + y**2)
    full = cv2.resize(lamp * setting.exposure, size_wh, interpolation=cv2.INTER_LINEAR)
    if setting.shadow:
        full *= _shadow(size_wh, setting, rng)
    return np.asarray(full, np.float32)


def _shadow(
    size_wh: tuple[int, int], setting: Setting, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return the shadow of something between the lamp and the page."""
    width, height = size_wh
    # A hard edge needs all pixels, a soft one only few.
    shrink = max(1, int(setting.shadow_edge * height / 4))
    mask = np.zeros((height // shrink + 1, width // shrink + 1), np.float32)
    turn = rng.uniform(0, 2 * math.pi)
    distance = rng.uniform(0.35, 0.6)
    middle = 0.5 + distance * np.array([math.cos(turn), math.sin(turn)])
    count = int(rng.integers(5, 10))
    around = (np.arange(count) + rng.uniform(0, 0.8, count)) * 2 * math.pi / count
    reach = rng.uniform(0.25, 0.6, count)
    outline = np.stack([np.cos(around) * reach, np.sin(around) * reach], axis=1)
    corners = outline.astype(np.float32)
    if rng.random() < 0.6:  # a hand or a head; the others are the edges of things
        corners = smooth(np.concatenate([corners, corners[:1]]))
    seen = (middle + corners) * mask.shape[::-1]
    cv2.fillPoly(mask, [np.rint(seen).astype(np.int32)], 1.0)
    sigma = setting.shadow_edge * height / shrink
    mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), max(0.6, sigma)), np.float32)
    if shrink > 1:
        mask = np.asarray(cv2.resize(mask, size_wh), np.float32)
    mask = mask[:height, :width]
    return np.asarray(1 - setting.shadow * mask, np.float32)


def _spot(size_wh: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    """Return a lamp's reflection: bright in its middle, faint far around."""
    small = max(2, size_wh[0] // _LOW), max(2, size_wh[1] // _LOW)
    y, x = np.mgrid[0 : small[1], 0 : small[0]].astype(np.float32)
    x0, y0 = rng.uniform(0.15, 0.85, 2) * small
    reach = small[1] * rng.uniform(0.15, 0.4)
    stretch = rng.uniform(0.6, 1.7)
    distance = np.hypot((x - x0) * stretch, y - y0) / reach
    spot = np.exp(-(distance**2)) + 0.15 * np.exp(-distance / 2)
    return np.asarray(cv2.resize(spot.astype(np.float32), size_wh), np.float32)


def _blurred(
    page: NDArray[np.float32],
    setting: Setting,
    unit: float,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    if setting.blur * unit > 0.25:
        page = np.asarray(
            cv2.GaussianBlur(page, (0, 0), setting.blur * unit), np.float32
        )
    if setting.motion:
        length = setting.motion * unit
        size = 2 * math.ceil(length / 2) + 1
        kernel = np.zeros((size, size), np.float32)
        angle = rng.uniform(0, math.pi)
        half = np.array([math.cos(angle), math.sin(angle)]) * length / 2
        ends = [[round(16 * (size // 2 + s * n)) for n in half] for s in (-1, 1)]
        cv2.line(kernel, ends[0], ends[1], 1.0, 1, cv2.LINE_AA, 4)
        page = np.asarray(cv2.filter2D(page, -1, kernel / kernel.sum()), np.float32)
    return page


@cache
def _noise_tile() -> NDArray[np.float32]:
    """Return noise of deviation 1, mostly the same in all channels."""
    rng = np.random.default_rng(2)
    shape = (_TILE, _TILE, 3)
    colored = rng.standard_normal(shape)
    shared = rng.standard_normal((_TILE, _TILE, 1))
    return np.asarray(0.8 * shared + 0.6 * colored, np.float32)


def _noise(
    shape: tuple[int, ...], sigma: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    tile = np.roll(_noise_tile(), rng.integers(_TILE, size=2), axis=(0, 1)) * sigma
    repeats = -(-shape[0] // _TILE), -(-shape[1] // _TILE), 1
    return np.asarray(np.tile(tile, repeats)[: shape[0], : shape[1]], np.float32)
