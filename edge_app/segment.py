"""A frame -> its ink map -> regions, one a digit."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app import components as connected
from edge_app import lines, normalise
from edge_app.geometry import Box
from edge_app.stages import Stages

# Larger frames are worked on at this size of their longer side, in pixels.
MAX_SIDE = 2048

# The paper's colour is looked for at this size; strokes up to `_WIDEST_STROKE` of it
# are seen as ink on the paper, anything wider as paper of another colour.
_PAPER_SIDE = 256
_WIDEST_STROKE = 0.06
_DARKEST_PAPER = 40  # below it, the sensor's noise would be magnified into ink

_LEAST_CONTRAST = 0.4  # of the frame's largest, where ink is looked for

_LEAST_INK = 10  # of 255, the faintest ink that is told from smooth paper
_FAINT_INK = 28  # of 255, below it only where a frame holds nothing stronger
_LEAST_SIGNAL = 4  # of the paper's noise
_OTSU_SHARE = 0.75  # of Otsu's threshold: thin strokes are paler than thick ones
_LEAST_HEIGHT = 10  # pixels at the working scale: of the lowest zeros among digits
_HIGHEST_SPECK = 10
_LEAST_AREA = 16
_LEAST_LETTER = 7  # the same for what may be a letter
_LONGEST = 12  # width over height of letters that touch
_MOST_LETTERS = 3000
_WIDEST = 2.5  # width over height of the widest digit
_TEXTURE = 6  # specks around a component that make it a part of texture
_LEAST_SPECK = 0.2  # of the component's height; smaller ones are only dust on it
_AROUND = 0.1  # of a part's height: how far around it the ground is looked at
_UNEVEN = 0.7  # of the ink's contrast: the ground's deviation where it is no paper
_INK_AROUND = 0.08  # of full ink: what such ground passes for at least
_CORE = 0.75  # of full ink: what is no stroke's soft edge
_MOST_EDGES = 9  # of ink, in as many columns around a component as it is high
_LEAST_STRENGTH = 0.5  # of the frame's typical ink; less is texture or show-through


@dataclass(frozen=True)
class Region:
    """What may be one digit.

    Attributes:
        box_xywh: Its bounding box in pixels of the frame.
        ink: `(H, W)` uint8, its ink alone, bright on 0, at the working scale: of the
            box's size in frames up to `MAX_SIDE`.
    """

    box_xywh: tuple[int, int, int, int]
    ink: NDArray[np.uint8]


def segment(
    frame: NDArray[np.uint8],
    stages: Stages | None = None,
    *,
    passed_over: list[Box] | None = None,
) -> list[Region]:
    """The regions of a frame that may be digits.

    Args:
        frame: `(H, W, 3)` uint8, BGR, dark ink on lighter paper or the reverse.
        stages: Filled with a picture of each stage.
        passed_over: Filled with the boxes of what is no region since it is a little too
            small or far too wide, as are letters that touch.

    Returns:
        Regions in no particular order; empty for a blank page.
    """
    scale = min(1.0, MAX_SIDE / max(frame.shape[:2]))
    if scale < 1.0:
        frame = _resized(frame, scale)
    ink = ink_map(frame)
    mask = ink_mask(ink)
    rest, found = lines.without_lines(mask, connected.find(mask), ink)
    parts, others = _parts(ink, *found)
    parts = _strong([part for part in parts if _is_on_paper(frame, ink, *part)])
    if passed_over is not None:
        passed_over += [_unscaled(box, scale) for box in others]
    if stages is not None:
        stages.add("ink", ink)
        stages.add("mask", mask)
        stages.add("without-lines", rest)
        regions = np.zeros_like(ink)
        for (x, y, w, h), part in parts:
            place = regions[y : y + h, x : x + w]
            np.maximum(place, part, out=place)
        stages.add("regions", regions)
    return [Region(_unscaled(box, scale), part) for box, part in parts]


def ink_map(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """How much each pixel differs from the ground around it, towards the ink.

    The ground is what a morphological closing, wider than any stroke, leaves of the
    frame: it follows shadows and coloured paper but not ink. The darkness is taken in
    the colour channel where it is largest, so that any pen shows on any paper. A frame
    of light ink on a dark ground is inverted first.

    Args:
        frame: `(H, W, 3)` uint8, BGR.

    Returns:
        `(H, W)` uint8, 0 paper to 255 black ink.
    """
    small = _shrunk(frame, _PAPER_SIDE)
    size = int(max(small.shape[:2]) * _WIDEST_STROKE) | 1
    kernel = np.asarray(
        cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8
    )
    if _is_light_on_dark(small, kernel):
        frame, small = 255 - frame, 255 - small
    paper = cv2.medianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel), 5)
    # Channel by channel in the same few arrays: each large one that is allocated anew
    # costs more than what is calculated in it.
    darkness = np.zeros(frame.shape[:2], np.uint8)
    brightness = np.full_like(darkness, _DARKEST_PAPER)
    channel, own = np.empty_like(darkness), np.empty_like(darkness)
    for index in range(3):
        cv2.resize(
            cv2.extractChannel(paper, index),
            channel.shape[::-1],
            dst=channel,
            interpolation=cv2.INTER_LINEAR,
        )
        cv2.max(brightness, channel, dst=brightness)
        cv2.extractChannel(frame, index, dst=own)
        cv2.max(darkness, cv2.subtract(channel, own, dst=own), dst=darkness)
    return np.asarray(
        cv2.divide(darkness, brightness, dst=darkness, scale=255), np.uint8
    )


def ink_mask(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Where an ink map holds ink: `(H, W)` uint8, 0 or 255.

    The threshold is Otsu's, lowered so that thin strokes stay whole, but above the
    noise of the paper and above the faintest pencil.
    """
    level, noise = _level_and_noise(ink)
    otsu, _ = cv2.threshold(ink, 0, 255, cv2.THRESH_OTSU)
    if level + _LEAST_SIGNAL * noise > _OTSU_SHARE * otsu:
        # Ink outlasts blurring by less than a thin stroke's width, noise does not.
        ink = np.asarray(cv2.GaussianBlur(ink, (0, 0), 1.2), np.uint8)
        level, noise = _level_and_noise(ink)
        otsu, _ = cv2.threshold(ink, 0, 255, cv2.THRESH_OTSU)
    least = max(_LEAST_INK, min(_FAINT_INK, otsu))
    threshold = max(least, level + _LEAST_SIGNAL * noise, _OTSU_SHARE * otsu)
    return np.asarray(
        cv2.threshold(ink, threshold, 255, cv2.THRESH_BINARY)[1], np.uint8
    )


def _level_and_noise(ink: NDArray[np.uint8]) -> tuple[float, float]:
    """The paper's typical value in an ink map, and how far it varies (sigma)."""
    counts = cv2.calcHist([ink], [0], None, [256], [0, 256]).ravel()
    level = _median(counts)
    deviations = np.bincount(np.abs(np.arange(256) - level), weights=counts)
    # 1.4826 makes the median absolute deviation of a normal distribution its sigma.
    return level, 1.4826 * _median(deviations)


def _is_light_on_dark(small: NDArray[np.uint8], kernel: NDArray[np.uint8]) -> bool:
    """Whether most of what surrounds ink is dark: chalk on a board, a dark screen.

    Around strokes the paper is the larger part. So where a frame has contrast, most
    pixels are nearer to the lightest or to the darkest ones around them.
    """
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    light, dark = cv2.dilate(grey, kernel), cv2.erode(grey, kernel)
    contrast = cv2.subtract(light, dark)
    with_contrast = contrast > _LEAST_CONTRAST * max(1, int(contrast.max()))
    above_dark = cv2.subtract(grey, dark)
    is_light = above_dark > contrast // 2
    return bool(
        np.count_nonzero(is_light & with_contrast) * 2 < np.count_nonzero(with_contrast)
    )


def _median(counts: NDArray[Any]) -> int:
    """The median of values 0, 1, ... that occur so often."""
    return int(np.searchsorted(np.cumsum(counts), counts.sum() / 2))


def _parts(
    ink: NDArray[np.uint8], components: NDArray[np.int32], stats: NDArray[np.int32]
) -> tuple[list[tuple[Box, NDArray[np.uint8]]], list[Box]]:
    """Box and ink of each connected component that may be a digit; boxes of letters."""
    is_speck = stats[:, 3] <= _HIGHEST_SPECK
    has_specks = np.count_nonzero(is_speck) >= _TEXTURE
    # Specks much fainter than a digit are what is left of a faint line around it.
    strengths = connected.strengths(ink, components, stats) if has_specks else None
    owners = connected.join(components, stats, strengths)
    x0, y0, x1, y1, area = _merged(stats, owners)
    w, h = x1 - x0, y1 - y0
    inside = (x0 > 0) & (y0 > 0) & (x1 < ink.shape[1]) & (y1 < ink.shape[0])
    large = (h >= _LEAST_HEIGHT) & (area >= _LEAST_AREA) & (w <= _WIDEST * h)
    alone = owners == np.arange(len(stats))
    has_parts = np.bincount(owners, minlength=len(stats)) > 1
    parts = []
    for index in map(int, np.flatnonzero(inside & large & alone)):
        if strengths is not None:
            least = connected.LEAST_STRENGTH * strengths[index]
            specks = stats[is_speck & (strengths >= least)]
            if _in_texture(specks, stats[index]):
                continue
        if _is_hatched(components, x0[index], y0[index], w[index], h[index]):
            continue
        window = np.s_[y0[index] : y1[index], x0[index] : x1[index]]
        labels = components[window]
        if has_parts[index]:
            labels = owners[labels]
        own = (labels == index).astype(np.uint8)
        # A pixel more around the component: the stroke's soft edge.
        own = np.asarray(cv2.dilate(own, np.ones((3, 3), np.uint8)), np.uint8)
        part = np.asarray(cv2.copyTo(ink[window], own), np.uint8)
        box = int(x0[index]), int(y0[index]), int(w[index]), int(h[index])
        parts.append((box, part))
    like_letters = inside & alone & ~large & (h >= _LEAST_LETTER) & (w <= _LONGEST * h)
    like_letters &= area >= _LEAST_AREA
    others = np.column_stack([x0, y0, w, h])[like_letters][:_MOST_LETTERS].tolist()
    return parts, [(x, y, w, h) for x, y, w, h in others]


def _is_on_paper(
    frame: NDArray[np.uint8],
    ink: NDArray[np.uint8],
    box_xywh: tuple[int, int, int, int],
    part: NDArray[np.uint8],
) -> bool:
    """Whether the ground around a part is even, as it is around ink on paper.

    Around what is part of a texture, or lies where surfaces meet, the ground varies
    nearly as much as the part differs from it, and some of it passes for ink.
    """
    x, y, w, h = box_xywh
    room = max(2, round(_AROUND * h))
    left, top = max(0, x - room), max(0, y - room)
    window = np.s_[top : y + h + room, left : x + w + room]
    grey = cv2.cvtColor(frame[window], cv2.COLOR_BGR2GRAY)
    own = np.zeros(grey.shape, np.uint8)
    own[y - top : y - top + h, x - left : x - left + w] = part
    full = normalise.full_ink(part)
    _, core = cv2.threshold(own, _CORE * full, 255, cv2.THRESH_BINARY)
    ground = cv2.inRange(cv2.dilate(own, np.ones((3, 3), np.uint8)), 0, 0)
    mean, deviation = (each.item() for each in cv2.meanStdDev(grey, mask=ground))
    contrast = abs(mean - cv2.mean(grey, core)[0])
    return bool(
        deviation <= _UNEVEN * contrast
        or cv2.mean(ink[window], ground)[0] <= _INK_AROUND * full
    )


def _in_texture(specks: NDArray[np.int32], component: NDArray[np.int32]) -> bool:
    """Whether a component lies among many specks that are not much smaller.

    Args:
        specks: The stats of all components that are too low to be digits.
        component: The component's stats.
    """
    if len(specks) < _TEXTURE:
        return False
    x, y, w, h, _ = specks.T
    own_x, own_y, own_w, own_h, _ = component.tolist()
    size = max(own_w, own_h)
    close = (
        (np.abs(2 * x + w - 2 * own_x - own_w) <= 3 * size)
        & (np.abs(2 * y + h - 2 * own_y - own_h) <= 3 * size)
        & (h >= _LEAST_SPECK * own_h)
    )
    return bool(np.count_nonzero(close) >= _TEXTURE)


def _is_hatched(components: NDArray[np.int32], x: int, y: int, w: int, h: int) -> bool:
    """Whether a component lies in or beside a halftone, hatching or fine print."""
    room = h // 2
    window = components[
        max(0, y - room) : y + h + room, max(0, x - room) : x + w + room
    ]
    is_ink = window > 0
    edges = np.count_nonzero(is_ink[:, 1:] != is_ink[:, :-1])
    return bool(edges * h > _MOST_EDGES * window.size)


def _merged(
    stats: NDArray[np.int32], owners: NDArray[np.int32]
) -> tuple[NDArray[np.int32], ...]:
    """Left, top, right, bottom and area of each component with all that it owns."""
    x, y, w, h, area = (column.copy() for column in stats.T)
    right, bottom = x + w, y + h
    (parts,) = np.nonzero(owners != np.arange(len(stats)))
    for part in parts:
        owner = owners[part]
        x[owner], y[owner] = min(x[owner], x[part]), min(y[owner], y[part])
        right[owner] = max(right[owner], right[part])
        bottom[owner] = max(bottom[owner], bottom[part])
        area[owner] += area[part]
    return x, y, right, bottom, area


def _strong(
    parts: list[tuple[tuple[int, int, int, int], NDArray[np.uint8]]],
) -> list[tuple[tuple[int, int, int, int], NDArray[np.uint8]]]:
    """The parts without those much fainter than the typical one.

    Typical is the strength that half of the ink, counted by the shorter side of the
    parts, exceeds: many faint specks, or a few long scratches, do not outvote digits.
    """
    if not parts:
        return []
    strengths = np.array([normalise.full_ink(part) for _, part in parts])
    sides = np.array([min(box[2:]) for box, _ in parts])
    order = np.argsort(strengths)
    share = np.cumsum(sides[order]) / sides.sum()
    typical = strengths[order][np.searchsorted(share, 0.5)]
    return [
        part
        for part, strength in zip(parts, strengths, strict=True)
        if strength >= _LEAST_STRENGTH * typical
    ]


def _resized(frame: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    if scale == 1.0:
        return frame
    size_wh = [max(1, round(side * scale)) for side in frame.shape[1::-1]]
    return np.asarray(
        cv2.resize(frame, size_wh, interpolation=cv2.INTER_AREA), np.uint8
    )


def _shrunk(frame: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The frame with its longer side at most `side`, halved as often as that goes.

    Halving takes a tenth of the time of averaging over parts of pixels.
    """
    while max(frame.shape[:2]) >= 2 * side:
        frame = _resized(frame, 0.5)
    return _resized(frame, min(1.0, side / max(frame.shape[:2])))


def _unscaled(
    box_xywh: tuple[int, int, int, int], scale: float
) -> tuple[int, int, int, int]:
    x, y, w, h = (round(n / scale) for n in box_xywh)
    return x, y, w, h
