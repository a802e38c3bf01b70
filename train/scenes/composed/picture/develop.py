"""From a page to the frame that a camera stores: sun, lens, sharpening, JPEG."""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from train.scenes.composed.picture.view import PageView, fixed
from train.scenes.composed.planning.plan import Plan
from train.scenes.paper import textures
from train.scenes.paper.textures import FloatPicture
from train.scenes.photographed import photographed
from train.scenes.truth import LabeledDigit
from train.scenes.writing.pens import SHIFT
from train.scenes.writing.written import Area

_STEEPEST = 60.0  # exponents beyond this make no difference
_DOTTED_SHARE, _DOTS_DARKER = 0.4, 5.0  # of the printed patterns: small, so darker


def paper(
    plan: Plan, view: PageView, area: Area, rng: np.random.Generator
) -> tuple[FloatPicture, NDArray[np.float32] | None]:
    """Draw the empty paper, and the desk around it where the paper is smaller.

    Args:
        plan: What they are like.
        view: How they are seen.
        area: Where the paper is, in pixels of the page.
        rng: Source of everything random.

    Returns:
        The picture, and how much of each pixel is paper, 0..1; `None` for all of it.
    """
    size_wh = plan.size_wh
    setting = plan.setting
    if plan.stored != "photo":
        flat = np.empty((size_wh[1], size_wh[0], 3), np.float32)
        flat[:] = setting.paper_bgr
        return flat, None
    sheet = textures.paper(size_wh, setting.paper_bgr, rng)
    if setting.creases:
        sheet *= textures.creases(size_wh, setting.creases, rng)[..., np.newaxis]
    if plan.pattern:
        sheet *= _pattern(size_wh, plan.pattern, rng)
    if plan.paper_share >= 1:
        return sheet, None
    desk = _desk(plan.desk, size_wh, rng)
    mask = np.zeros(size_wh[::-1], np.uint8)
    cv2.fillPoly(mask, [fixed(_edge(view, area, rng))], 255, cv2.LINE_AA, SHIFT)
    share = mask.astype(np.float32) / np.float32(255)
    soft = cv2.GaussianBlur(mask, (0, 0), size_wh[1] / 100).astype(np.float32) / 255
    desk *= (1 - rng.uniform(0, 0.6) * soft)[..., np.newaxis]
    desk += share[..., np.newaxis] * (sheet - desk)
    return desk, share


def _edge(view: PageView, area: Area, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return the course of a paper's edge, which is not cut quite at right angles."""
    x, y, width, height = area
    corners = np.array(
        [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    )
    corners += rng.normal(0, 0.006 * view.size_wh[1], corners.shape)
    ends = np.roll(corners, -1, axis=0)
    return np.concatenate(
        [view.course(start, end) for start, end in zip(corners, ends, strict=True)]
    )


def _pattern(
    size_wh: tuple[int, int], strength: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return `(H, W, 3)` factors of fine waves or dots, as on checks and tickets."""
    width, height = size_wh
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    turn, pitch = rng.uniform(0, math.pi), rng.uniform(4, 16)
    along = x * math.cos(turn) + y * math.sin(turn)
    across = y * math.cos(turn) - x * math.sin(turn)
    swing = rng.uniform(0, 2) * pitch * np.sin(along / (pitch * rng.uniform(1, 5)))
    waves = np.sin(2 * math.pi * (across + swing) / pitch)
    color = strength * rng.uniform(0.3, 1, 3).astype(np.float32)
    if rng.random() < _DOTTED_SHARE:
        row = np.sin(2 * math.pi * along / (pitch * rng.uniform(0.7, 1.5)))
        waves = row * np.sin(2 * math.pi * across / pitch) - rng.uniform(0.2, 0.6)
        color *= _DOTS_DARKER
    return np.asarray(1 - color * (waves[..., np.newaxis] > 0), np.float32)


def _desk(
    kind: str, size_wh: tuple[int, int], rng: np.random.Generator
) -> FloatPicture:
    if kind in ("wood", "cloth", "carpet", "streaked"):
        desk: FloatPicture = getattr(textures, kind)(size_wh, rng)
        return desk
    level = rng.uniform(3, 35) if kind == "black" else rng.uniform(50, 150)
    color = level * (1 + rng.normal(0, 0.08, 3))
    return textures.paper(size_wh, (color[0], color[1], color[2]), rng)


def photograph(
    picture: FloatPicture,
    plan: Plan,
    digits: list[LabeledDigit],
    rng: np.random.Generator,
) -> NDArray[np.uint8]:
    """Photograph a page: the frame as it is stored.

    Args:
        picture: `(H, W, 3)` float32, BGR; used up.
        plan: Its light and the camera's faults.
        digits: One of which the sun's edge may run through.
        rng: Source of everything random.
    """
    if plan.stored != "photo":
        return _stored(picture, plan)
    if plan.sun > 1:
        picture *= _sun(picture.shape[1::-1], plan, digits, rng)[..., np.newaxis]
    setting = plan.setting
    frame = photographed(picture, replace(setting, jpeg=100), rng)
    if plan.coarse > 1:
        height, width = frame.shape[:2]
        small = max(8, round(width / plan.coarse)), max(8, round(height / plan.coarse))
        few = cv2.resize(frame, small, interpolation=cv2.INTER_AREA)
        again = cv2.resize(few, (width, height), interpolation=cv2.INTER_LINEAR)
        frame = np.asarray(again, np.uint8)
    if plan.halo:
        sigma = float(rng.uniform(0.8, 2.5))
        soft = cv2.GaussianBlur(frame, (0, 0), sigma)
        sharp = cv2.addWeighted(frame, 1 + plan.halo, soft, -plan.halo, 0)
        frame = np.asarray(sharp, np.uint8)
    if setting.jpeg < 100:
        quality = [cv2.IMWRITE_JPEG_QUALITY, setting.jpeg]
        _, content = cv2.imencode(".jpg", frame, quality)
        frame = np.asarray(cv2.imdecode(content, cv2.IMREAD_COLOR), np.uint8)
    return frame


def _stored(picture: FloatPicture, plan: Plan) -> NDArray[np.uint8]:
    """Store a picture as gray levels on plain ground, or in black and white."""
    gray = picture.mean(axis=2)
    if plan.stored == "binary":
        low, high = float(gray.min()), float(gray.max())
        gray = np.where(gray > (low + high) / 2, np.float32(high), np.float32(low))
    level = np.clip(np.rint(gray), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.repeat(level[..., np.newaxis], 3, axis=2))


def _sun(
    size_wh: tuple[int, int],
    plan: Plan,
    digits: list[LabeledDigit],
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """Return `(H, W)` factors of light that falls on one half, or on a band."""
    width, height = size_wh
    through = rng.uniform(0.2, 0.8, 2) * size_wh
    if digits and plan.sun_at_digit:
        x, y, w, h = digits[rng.integers(len(digits))].box
        through = np.array([x + w * rng.random(), y + h * rng.random()])
    turn = rng.uniform(0, 2 * math.pi)
    y_, x_ = np.mgrid[0:height, 0:width].astype(np.float32)
    away = (x_ - through[0]) * math.cos(turn) + (y_ - through[1]) * math.sin(turn)
    soft = max(0.6, plan.sun_edge * height)
    lit = _step(away / soft)
    if rng.random() < 0.25:  # through a gap
        lit *= _step((rng.uniform(0.15, 0.6) * height - away) / soft)
    bright = rng.uniform(0.95, 1.25)
    return np.asarray(bright * (1 / plan.sun + (1 - 1 / plan.sun) * lit), np.float32)


def _step(distance: NDArray[np.float32]) -> NDArray[np.float32]:
    bounded = np.clip(distance, -_STEEPEST, _STEEPEST)
    return np.asarray(1 / (1 + np.exp(-bounded)), np.float32)


@dataclass(frozen=True)
class _LegibleFrom:
    """From where a digit is legible.

    Attributes:
        height_px: The least height.
        contrast_levels: The least difference to the ground, in gray levels,
        contrast_share: as a share of the ground's gray level,
        contrast_roughness: and of the ground's median deviation.
        seen_share: The least share of the ink that has half of that contrast.
        num_pixels: The fewest of ink and of ground.
        inked_of_255: Ink from which a pixel is the digit's.
        bare_of_255: Ink below which it is ground.
    """

    height_px: int = 8
    contrast_levels: float = 7.0
    contrast_share: float = 0.07
    contrast_roughness: float = 1.2
    seen_share: float = 0.75
    num_pixels: int = 4
    inked_of_255: int = 140
    bare_of_255: int = 12


_LEGIBLE_FROM = _LegibleFrom()


def is_legible(
    gray: NDArray[np.uint8], ink: NDArray[np.uint8], digit: LabeledDigit
) -> bool:
    """Return whether a person can tell a digit's ink from its ground.

    Args:
        gray: `(H, W)`, the frame's gray levels.
        ink: `(H, W)`, the digits' ink, 0..255.
        digit: Which one.
    """
    x, y, w, h = (int(n) for n in digit.box)
    if h < _LEGIBLE_FROM.height_px:
        return False
    rim = max(3, h // 5)
    window = np.s_[max(0, y - rim) : y + h + rim, max(0, x - rim) : x + w + rim]
    levels = gray[window].astype(np.float32)
    inked = ink[window] > _LEGIBLE_FROM.inked_of_255
    is_ground = (ink[window] < _LEGIBLE_FROM.bare_of_255).astype(np.float32)
    if min(inked.sum(), is_ground.sum()) < _LEGIBLE_FROM.num_pixels:
        return False
    # The ground as it goes on under the ink: light may change within a digit.
    side = 2 * rim + 1
    share = cv2.blur(is_ground, (side, side))
    ground = cv2.blur(levels * is_ground, (side, side)) / np.maximum(share, 1e-3)
    apart = (levels - ground)[inked & (share > 1e-3)]
    if len(apart) < _LEGIBLE_FROM.num_pixels:
        return False
    middle = float(np.median(apart))
    bare = is_ground > 0
    rough = float(np.median(np.abs(levels - ground)[bare]))
    least = max(
        _LEGIBLE_FROM.contrast_levels,
        _LEGIBLE_FROM.contrast_share * float(np.median(levels[bare])),
        _LEGIBLE_FROM.contrast_roughness * rough,
    )
    # Most of it has to be seen: glare or a shadow may have taken a part.
    seen = float(np.mean(apart * math.copysign(1, middle) > least / 2))
    return abs(middle) >= least and seen > _LEGIBLE_FROM.seen_share
