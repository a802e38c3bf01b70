"""Touching digits: where a wide region may be cut, and which cuts read best."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.classify import Classification
from edge_app.segment import Region

_MOST_CUTS = 6  # candidates a region: at most 28 pieces are classified

# Shares of the region's height.
_WIDE = 0.5  # a pair of ones may be so narrow
_NARROWEST, _WIDEST = 0.12, 1.2  # of a piece
_SHORTEST = 0.4  # the least height of a piece
_SQUARE = 1.1  # digits wider than this are rare
_ALL_ONES = 0.6  # the widest region that may hold nothing but ones
_EXTENT = 0.5  # weight of the ink's extent in a column, against its amount
_MOST_INK = 0.6  # in a column that is cut
_SLANTS = (0.0, -0.2, 0.2, 0.4)  # upright first
_LEAN_GAIN = 1.12  # a slant must fit so much better than upright
_DISTANCE = 0.15  # between two candidates

# Factors of confidence, chosen on MNIST's validation digits, alone and touching: what a
# cut costs, since it must improve the reading, and what a piece wider than high costs,
# so that it is cut where its parts are sure.
_CUT_FACTOR = 0.5
_TOO_WIDE_FACTOR = 0.49


@dataclass(frozen=True)
class Piece:
    """The part of a region between two of its candidate cuts.

    Attributes:
        start: Index of the cut on its left, 0 for the region's edge.
        end: Index of the cut on its right.
        region: Its ink.
    """

    start: int
    end: int
    region: Region


def pieces(region: Region) -> list[Piece]:
    """Every piece that may be one digit, the whole region first.

    Writing that leans is cut as it leans.

    Args:
        region: What may be one digit or several that touch.

    Returns:
        At least one piece; only that one where the region is as narrow as a digit.
    """
    height, width = region.ink.shape
    if width <= _WIDE * height:
        return [Piece(0, 1, region)]
    slant = _slant(region.ink)
    upright = _sheared(region.ink, slant)
    places = [0, *_cut_places(upright), upright.shape[1]]
    last = len(places) - 1
    parts = [
        Piece(start, end, part)
        for start in range(last)
        for end in range(start + 1, last + 1)
        if (start, end) != (0, last)
        and _NARROWEST * height <= places[end] - places[start] <= _WIDEST * height
        and (part := _part(region, places[start], places[end], slant)) is not None
    ]
    return [Piece(0, last, region), *parts]


def best(candidates: Sequence[Piece], readings: Sequence[Classification]) -> list[int]:
    """Indexes of the pieces, from left to right, that together read best.

    The path of pieces from the region's left edge to its right whose product of
    confidences and cut costs is largest, found by dynamic programming.

    Args:
        candidates: What `pieces` returned for one region.
        readings: How the classifier reads each.
    """
    last = candidates[0].end
    scores = [0.0] + [-math.inf] * last
    paths: list[list[int]] = [[] for _ in range(last + 1)]
    for index in sorted(range(len(candidates)), key=lambda i: candidates[i].end):
        piece = candidates[index]
        cost = math.log(_CUT_FACTOR) if piece.start else 0.0
        if piece.region.box_xywh[2] > piece.region.box_xywh[3] * _SQUARE:
            cost += math.log(_TOO_WIDE_FACTOR)
        confidence = max(readings[index].confidence, 1e-6)
        score = scores[piece.start] + math.log(confidence) + cost
        if score > scores[piece.end]:
            scores[piece.end] = score
            paths[piece.end] = [*paths[piece.start], index]
    path = paths[last]
    _, _, width, height = candidates[0].region.box_xywh
    only_ones = all(readings[index].label == 1 for index in path)
    if len(path) > 1 and only_ones and width > _ALL_ONES * height:
        # Ones that touch are narrow together; M, N and U fall into ones as wide.
        return [0]
    return path


def _cut_places(ink: NDArray[np.uint8]) -> list[int]:
    """Columns where two digits may touch, from left to right.

    There the ink is little, and what there is lies close together from top to bottom;
    within a digit, even a column with little ink mostly has some far up and far down.
    """
    height, width = ink.shape
    mask = ink > ink.max() // 3
    amount = mask.sum(axis=0)
    top, bottom = mask.argmax(axis=0), mask[::-1].argmax(axis=0)
    extent = np.where(amount > 0, height - top - bottom, 0)
    cost = (amount + _EXTENT * extent).astype(np.float32)
    cost = cv2.blur(cost.reshape(1, -1), (3, 1)).ravel()
    valley = np.ones(width, np.bool_)
    valley[1:] &= cost[1:] <= cost[:-1]
    valley[:-1] &= cost[:-1] <= cost[1:]
    distance = max(2, round(_DISTANCE * height))
    valley[:distance] = valley[-distance:] = False
    (columns,) = np.nonzero(valley & (amount <= _MOST_INK * height))
    places: list[int] = []
    for column in columns[np.argsort(cost[columns], kind="stable")]:
        if len(places) == _MOST_CUTS:
            break
        if all(abs(column - other) >= distance for other in places):
            places.append(int(column))
    return sorted(places)


def _slant(ink: NDArray[np.uint8]) -> float:
    """How far the writing leans: to the right at its top, as a share of its height.

    Where it stands upright, its strokes fill few columns, so that the squares of the
    columns' sums are largest.
    """
    profiles = [_sheared(ink, slant).sum(axis=0, dtype=np.float64) for slant in _SLANTS]
    upright, *leaning = [float((each**2).sum()) for each in profiles]
    fits = [_LEAN_GAIN * upright, *leaning]
    return _SLANTS[int(np.argmax(fits))]


def _sheared(ink: NDArray[np.uint8], slant: float) -> NDArray[np.uint8]:
    """Ink that leans by `slant`, made upright: each row moved by `_moved`."""
    height, width = ink.shape
    room = round(abs(slant) * height)
    if not room:
        return ink
    shear = np.array([[1.0, slant, _moved(slant, height, 0)], [0.0, 1.0, 0.0]])
    return np.asarray(cv2.warpAffine(ink, shear, (width + room, height)), np.uint8)


def _moved(slant: float, height: int, row: Any) -> Any:
    """How far to the right a row is moved when leaning ink is made upright."""
    return slant * row - min(slant, 0.0) * height


def _part(region: Region, left: int, right: int, slant: float) -> Region | None:
    """What of a region lies between two cuts, at these columns of its upright ink."""
    height, width = region.ink.shape
    moved = _moved(slant, height, np.arange(height))[:, np.newaxis]
    column = np.arange(width) + moved
    ink = np.where((left <= column) & (column < right), region.ink, 0)
    x, y, w, h = cv2.boundingRect((ink > region.ink.max() // 3).astype(np.uint8))
    if h < _SHORTEST * height or w < 1:
        return None
    box_x, box_y, box_w, _ = region.box_xywh
    scale = box_w / width
    box = (
        box_x + round(x * scale),
        box_y + round(y * scale),
        max(1, round(w * scale)),
        max(1, round(h * scale)),
    )
    return Region(box, ink[y : y + h, x : x + w].astype(np.uint8))
