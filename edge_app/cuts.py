"""Touching digits: where a wide region may be cut, and which cuts read best."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.classify import Classification
from edge_app.pens import stroke_width
from edge_app.segment import Region

_LEAST_DISTANCE = 2.0  # pixels, between two candidates
_LEAST_HEIGHT = 9  # pixels of a piece; zeros are lower than what they touch

# Shares of the region's height.
_LEGGED = 0.6  # where most of the ink is less high, a leg reaches below the digits
_LEAST_BODY = 0.3  # the least height of digits beside a leg
_LEAST_COLUMNS = 0.8  # of the columns: that hold no more than digits' bodies

# Shares of the digits' height.
_WIDE = 0.5  # a pair of ones may be so narrow
_NARROWEST, _WIDEST = 0.12, 1.0  # of a piece
_SHORTEST = 0.4  # the least height of a piece
_MOSTLY_ONES = 0.6  # the widest region that may hold mostly ones
_DISTANCE = 0.08  # between two candidates
_MOST_INK = 0.9  # in a column that is cut
_MOSTLY_OWN = 0.5  # of what a piece shares with its neighbour, to be its own
_SMOOTH = 0.02  # over which a column's ink is averaged

_BROAD = 0.53  # of a digit that is rather broad
WIDER = 1.6  # than a page's digits, as a factor: rather several

_PART_OF_ONE = 0.7  # of a one's ink: less is no digit

# What a path is judged by besides the confidences: powers of e. Tuned together on
# scenes of touching and overlapping digits and of letters, seeds 1000 to 1039.
_CUT = 0.25  # what a cut costs, since it must improve the reading
_LOW_ONE = 2.0  # a one's missing height, of digits': rather the side of a zero or eight
_TOO_BROAD = 0.5  # a digit's width beyond `_BROAD` or `WIDER`: rather two digits
_LEAST_CONFIDENCE = 0.03  # one hopeless piece does not outweigh all others


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

    Args:
        region: What may be one digit or several that touch.

    Returns:
        At least one piece; only that one where the region is as narrow as a digit.
    """
    width = region.ink.shape[1]
    mask = _mask(region)
    height = _digit_height(mask)
    if width <= _WIDE * height:
        return [Piece(0, 1, region)]
    stroke = stroke_width(region) * width / region.box_xywh[2]
    places = [0, *_cut_places(mask, height, stroke), width]
    last = len(places) - 1
    parts = [
        Piece(start, end, part)
        for start in range(last)
        for end in range(start + 1, last + 1)
        if (start, end) != (0, last)
        and _NARROWEST * height <= places[end] - places[start] <= _WIDEST * height
        # Where strokes of two digits lie on each other, both need them.
        for shared in (0, round(stroke))
        if (part := _part(region, mask, height, places[start], places[end], shared))
        is not None
    ]
    return [Piece(0, last, region), *parts]


def best(
    candidates: Sequence[Piece],
    readings: Sequence[Classification],
    typical_width: float = math.inf,
) -> list[int]:
    """Indexes of the pieces, from left to right, that together read best.

    The path of pieces from the region's left edge to its right whose product of
    confidences and cut costs is largest, found by dynamic programming. A confidence
    counts as often as its piece is wide: what cannot be read should be narrow.

    Args:
        candidates: What `pieces` returned for one region.
        readings: How the classifier reads each.
        typical_width: Of the page's digits, in pixels; infinite where it is not known.
    """
    last = candidates[0].end
    whole = candidates[0].region
    _, _, width, height = whole.box_xywh
    digit_height = _digit_height(_mask(whole)) * height / len(whole.ink)
    scores = [0.0] + [-math.inf] * last
    paths: list[list[int]] = [[] for _ in range(last + 1)]
    for index in sorted(range(len(candidates)), key=lambda i: candidates[i].end):
        piece = candidates[index]
        _, _, piece_width, piece_height = piece.region.box_xywh
        confidence = max(readings[index].confidence, _LEAST_CONFIDENCE)
        score = scores[piece.start] + piece_width / height * math.log(confidence)
        if piece.start:
            score -= _CUT
        if readings[index].label == 1:
            score -= _LOW_ONE * max(0.0, 1 - piece_height / digit_height)
        else:
            beyond = piece_width / digit_height - _BROAD
            beyond_others = piece_width / typical_width - WIDER
            score -= _TOO_BROAD * max(0.0, beyond, beyond_others)
        if score > scores[piece.end]:
            scores[piece.end] = score
            paths[piece.end] = [*paths[piece.start], index]
    path = paths[last]
    ones = sum(readings[index].label == 1 for index in path)
    if 2 * ones >= max(3, len(path)) and width > _MOSTLY_ONES * height:
        # Ones that touch are narrow together; M, N and U fall into ones as wide.
        return [0]
    return path


def _digit_height(mask: NDArray[np.uint8]) -> float:
    """The height of a region's digits: its own, unless a long leg makes it higher.

    The leg of a seven or nine is in few columns. The others tell how high digits are.
    """
    height = len(mask)
    extent = height - mask.argmax(axis=0) - mask[::-1].argmax(axis=0)
    body = float(np.quantile(extent[mask.any(axis=0)], _LEAST_COLUMNS))
    return height if body >= _LEGGED * height else max(body, _LEAST_BODY * height)


def _mask(region: Region) -> NDArray[np.uint8]:
    """Where a region holds ink: `(H, W)` uint8, 0 or 1."""
    return np.asarray(region.ink > region.ink.max() // 3, np.uint8)


def _cut_places(mask: NDArray[np.uint8], height: float, stroke: float) -> list[int]:
    """Columns where two digits may touch, from left to right: those with less ink.

    On each side of them there is about as much ink as a one has.
    """
    amount = cv2.reduce(mask, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32F).ravel()
    left = amount.cumsum()
    least = _PART_OF_ONE * stroke * height
    size = round(_SMOOTH * height) | 1
    amount = cv2.blur(amount, (1, size), borderType=cv2.BORDER_REPLICATE).ravel()
    (columns,) = np.nonzero(
        (least <= left) & (left <= left[-1] - least) & (amount <= _MOST_INK * height)
    )
    distance = max(_LEAST_DISTANCE, _DISTANCE * height)
    places: list[int] = []
    for column in map(int, columns[np.argsort(amount[columns], kind="stable")]):
        if all(abs(column - other) >= distance for other in places):
            places.append(column)
    return sorted(places)


def _part(
    region: Region,
    mask: NDArray[np.uint8],
    height: float,
    left: int,
    right: int,
    shared: int,
) -> Region | None:
    """What of a region lies between two of its columns, or is shared on both sides."""
    first = max(0, left - shared)
    own = mask[:, first : right + shared]
    ink = region.ink[:, first : right + shared]
    if shared:
        own = _mostly_inside(own, left - first, right - first)
        soft_edge = cv2.dilate(own, np.ones((3, 3), np.uint8))
        ink = np.asarray(cv2.copyTo(ink, soft_edge), np.uint8)
    x, y, w, h = cv2.boundingRect(own)
    if h < max(_SHORTEST * height, _LEAST_HEIGHT) or w < _NARROWEST * height:
        return None
    box_x, box_y, box_w, _ = region.box_xywh
    scale = box_w / region.ink.shape[1]
    box = (
        box_x + round((first + x) * scale),
        box_y + round(y * scale),
        max(1, round(w * scale)),
        max(1, round(h * scale)),
    )
    return Region(box, ink[y : y + h, x : x + w])


def _mostly_inside(mask: NDArray[np.uint8], left: int, right: int) -> NDArray[np.uint8]:
    """The connected parts of a mask that lie mostly between two of its columns."""
    num, labels = cv2.connectedComponents(mask, connectivity=8)
    inside = np.bincount(labels[:, left:right].ravel(), minlength=num)
    is_own = inside > _MOSTLY_OWN * np.bincount(labels.ravel(), minlength=num)
    is_own[0] = False
    return np.asarray(is_own[labels], np.uint8)
