"""A frame -> its ink map -> regions, one a digit."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app import components as connected
from edge_app import lines, normalise
from edge_app.geometry import Box, scaled
from edge_app.ink import ink_map, ink_mask
from edge_app.stages import Stages

# Larger frames are worked on at this size of their longer side, in pixels.
MAX_SIDE = 2048

_LEAST_HEIGHT = 10  # pixels at the working scale: of the lowest zeros among digits
_HIGHEST_SPECK = 10
_SEVERAL_SPECKS = 6  # fewer than these are dust
_LEAST_AREA = 16
_LEAST_LETTER = 7  # the same for what may be a letter
_LONGEST = 12  # width over height of letters that touch
_MOST_LETTERS = 3000
_WIDEST = 5.0  # width over height of several digits that touch
_AROUND = 0.1  # of a part's height: how far around it the ground is looked at
_UNEVEN = 0.7  # of the ink's contrast: the ground's deviation where it is no paper
_INK_AROUND = 0.08  # of full ink: what such ground passes for at least
_CORE = 0.75  # of full ink: what is no stroke's soft edge
_LEAST_STRENGTH = 0.4  # of the frame's typical ink; less is texture or show-through


_Part = tuple[Box, NDArray[np.uint8], float]  # box, ink and its value of full ink


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
        frame = scaled(frame, scale)
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
        for (x, y, w, h), part, _ in parts:
            place = regions[y : y + h, x : x + w]
            np.maximum(place, part, out=place)
        stages.add("regions", regions)
    return [Region(_unscaled(box, scale), part) for box, part, _ in parts]


def _parts(
    ink: NDArray[np.uint8], components: NDArray[np.int32], stats: NDArray[np.int32]
) -> tuple[list[_Part], list[Box]]:
    """Each connected component that may be a digit, and boxes of letters."""
    has_specks = np.count_nonzero(stats[:, 3] <= _HIGHEST_SPECK) >= _SEVERAL_SPECKS
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
        window = np.s_[y0[index] : y1[index], x0[index] : x1[index]]
        labels = components[window]
        if has_parts[index]:
            labels = owners[labels]
        own = (labels == index).astype(np.uint8)
        # A pixel more around the component: the stroke's soft edge.
        own = np.asarray(cv2.dilate(own, np.ones((3, 3), np.uint8)), np.uint8)
        part = np.asarray(cv2.copyTo(ink[window], own), np.uint8)
        box = int(x0[index]), int(y0[index]), int(w[index]), int(h[index])
        parts.append((box, part, normalise.full_ink(part)))
    like_letters = inside & alone & ~large & (h >= _LEAST_LETTER) & (w <= _LONGEST * h)
    like_letters &= area >= _LEAST_AREA
    others = np.column_stack([x0, y0, w, h])[like_letters][:_MOST_LETTERS].tolist()
    return parts, [(x, y, w, h) for x, y, w, h in others]


def _is_on_paper(
    frame: NDArray[np.uint8],
    ink: NDArray[np.uint8],
    box_xywh: Box,
    part: NDArray[np.uint8],
    full: float,
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
    _, core = cv2.threshold(own, _CORE * full, 255, cv2.THRESH_BINARY)
    ground = cv2.inRange(cv2.dilate(own, np.ones((3, 3), np.uint8)), 0, 0)
    mean, deviation = (each.item() for each in cv2.meanStdDev(grey, mask=ground))
    contrast = abs(mean - cv2.mean(grey, core)[0])
    return bool(
        deviation <= _UNEVEN * contrast
        or cv2.mean(ink[window], ground)[0] <= _INK_AROUND * full
    )


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


def _strong(parts: list[_Part]) -> list[_Part]:
    """The parts without those much fainter than the typical one.

    Typical is the strength that half of the ink, counted by the shorter side of the
    parts, exceeds: many faint specks, or a few long scratches, do not outvote digits.
    """
    if not parts:
        return []
    strengths = np.array([full for _, _, full in parts])
    sides = np.array([min(box[2:]) for box, _, _ in parts])
    order = np.argsort(strengths)
    share = np.cumsum(sides[order]) / sides.sum()
    typical = strengths[order][np.searchsorted(share, 0.5)]
    return [part for part in parts if part[2] >= _LEAST_STRENGTH * typical]


def _unscaled(box_xywh: Box, scale: float) -> Box:
    x, y, w, h = (round(n / scale) for n in box_xywh)
    return x, y, w, h
