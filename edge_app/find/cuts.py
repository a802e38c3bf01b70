"""Touching digits: where their ink may be cut, and which pieces together read best."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common.geometry import Box

_LEAST_DISTANCE = 2.0  # pixels, between two cuts
_LEAST_HEIGHT = 9  # pixels of a piece; zeros are lower than what they touch

# Shares of the ink's height.
_LEGGED = 0.6  # where most of the ink is less high, a leg reaches below the digits
_LEAST_BODY = 0.3  # the least height of digits beside a leg
_LEAST_COLUMNS = 0.8  # of the columns: that hold no more than digits' bodies
_OUTLINE = 0.4  # of the strongest ink: strokes

# Shares of the digits' height.
WIDE = 0.5  # narrower ink is one digit; a pair of ones may be so narrow
_NARROWEST, _WIDEST = 0.12, 1.0  # of a piece
_SHORTEST = 0.4  # the least height of a piece
_MOSTLY_ONES = 0.6  # the widest ink that may hold mostly ones
_DISTANCE = 0.08  # between two cuts
_MOST_INK = 0.9  # in a column that is cut
_MOSTLY_INSIDE = 0.5  # of what a piece shares with its neighbor, to belong to it
_SMOOTH = 0.02  # over which a column's ink is averaged
_BROAD = 0.53  # of a digit that is rather broad

_PART_OF_ONE = 0.7  # of a one's ink: less is no digit

# What a path is judged by besides the confidences: powers of e. Tuned together on
# scenes of touching and overlapping digits and of letters, seeds 1000 to 1039.
_CUT = 0.25  # what a cut costs, since it must improve the reading
_LOW_ONE = 2.0  # a one's missing height, of digits': rather the side of a zero or eight
_TOO_BROAD = 0.5  # a digit's width beyond `_BROAD`: rather two digits
_LEAST_CONFIDENCE = 0.03  # one hopeless piece does not outweigh all others


@dataclass(frozen=True)
class Piece:
    """What lies between two of the cuts.

    Attributes:
        start: Index of the cut on its left, 0 for the ink's edge.
        end: Index of the cut on its right.
        box_xywh: Its place in the ink, in pixels.
        ink: `(h, w)` uint8, bright on 0.
    """

    start: int
    end: int
    box_xywh: Box
    ink: NDArray[np.uint8]


def pieces(ink: NDArray[np.uint8]) -> list[Piece]:
    """Return every piece of ink that may be one digit, the whole of it first.

    Args:
        ink: `(H, W)` uint8, bright on 0, cropped: one digit or several that touch.

    Returns:
        At least one piece; only that one where the ink is as narrow as a digit.
    """
    rows, width = ink.shape
    mask = _mask(ink)
    height = _digit_height(mask)
    if width <= WIDE * height:
        return [Piece(0, 1, (0, 0, width, rows), ink)]
    stroke = _stroke_width(ink)
    places = [0, *_cut_places(mask, height, stroke), width]
    last = len(places) - 1
    parts = [
        Piece(start, end, *part)
        for start in range(last)
        for end in range(start + 1, last + 1)
        if (start, end) != (0, last)
        and _NARROWEST * height <= places[end] - places[start] <= _WIDEST * height
        # Where strokes of two digits lie on each other, both need them.
        for shared in (0, round(stroke))
        if (part := _part(ink, mask, height, places[start], places[end], shared))
        is not None
    ]
    return [Piece(0, last, (0, 0, width, rows), ink), *parts]


def best(
    candidates: Sequence[Piece], labels: Sequence[int], confidences: Sequence[float]
) -> list[int]:
    """Return the indexes of the pieces, from left to right, that together read best.

    The path of pieces from the left edge to the right whose product of confidences and
    cut costs is largest, found by dynamic programming. A confidence counts as often as
    its piece is wide: what cannot be read should be narrow.

    Args:
        candidates: What `pieces` returned for some ink.
        labels: What the classifier reads each as, 0..9.
        confidences: How sure it is, 0..1.
    """
    last = candidates[0].end
    _, _, width, height = candidates[0].box_xywh
    digit_height = _digit_height(_mask(candidates[0].ink))
    scores = [0.0] + [-math.inf] * last
    paths: list[list[int]] = [[] for _ in range(last + 1)]
    for index in sorted(range(len(candidates)), key=lambda i: candidates[i].end):
        piece = candidates[index]
        _, _, piece_width, piece_height = piece.box_xywh
        confidence = max(confidences[index], _LEAST_CONFIDENCE)
        score = scores[piece.start] + piece_width / height * math.log(confidence)
        if piece.start:
            score -= _CUT
        if labels[index] == 1:
            score -= _LOW_ONE * max(0.0, 1 - piece_height / digit_height)
        else:
            score -= _TOO_BROAD * max(0.0, piece_width / digit_height - _BROAD)
        if score > scores[piece.end]:
            scores[piece.end] = score
            paths[piece.end] = [*paths[piece.start], index]
    path = paths[last]
    ones = sum(labels[index] == 1 for index in path)
    if 2 * ones >= max(3, len(path)) and width > _MOSTLY_ONES * height:
        # Ones that touch are narrow together; M, N and U fall into ones as wide.
        return [0]
    return path


def _digit_height(mask: NDArray[np.uint8]) -> float:
    """Return the height of the digits: the ink's, unless a long leg makes it higher.

    The leg of a seven or nine is in few columns. The others tell how high digits are.
    """
    height = len(mask)
    extent = height - mask.argmax(axis=0) - mask[::-1].argmax(axis=0)
    body = float(np.quantile(extent[mask.any(axis=0)], _LEAST_COLUMNS))
    return height if body >= _LEGGED * height else max(body, _LEAST_BODY * height)


def _mask(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return where there is ink: `(H, W)` uint8, 0 or 1."""
    return np.asarray(ink > ink.max() // 3, np.uint8)


def _stroke_width(ink: NDArray[np.uint8]) -> float:
    """Return the mean width of strokes in pixels: their area by half their outline."""
    mask = (ink > _OUTLINE * float(ink.max())).astype(np.uint8)
    room = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    area = cv2.countNonZero(mask)
    outline = area - cv2.countNonZero(cv2.erode(room, np.ones((3, 3), np.uint8)))
    return 2.0 * area / max(1, outline)


def _cut_places(mask: NDArray[np.uint8], height: float, stroke: float) -> list[int]:
    """Return columns where two digits may touch, left to right: those with less ink.

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
    ink: NDArray[np.uint8],
    mask: NDArray[np.uint8],
    height: float,
    left: int,
    right: int,
    shared: int,
) -> tuple[Box, NDArray[np.uint8]] | None:
    """Return what lies between two columns, or is shared on both sides of them."""
    first = max(0, left - shared)
    part_mask = mask[:, first : right + shared]
    part = ink[:, first : right + shared]
    if shared:
        part_mask = _mostly_inside(part_mask, left - first, right - first)
        soft_edge = cv2.dilate(part_mask, np.ones((3, 3), np.uint8))
        part = np.asarray(cv2.copyTo(part, soft_edge), np.uint8)
    x, y, w, h = cv2.boundingRect(part_mask)
    if h < max(_SHORTEST * height, _LEAST_HEIGHT) or w < _NARROWEST * height:
        return None
    return (first + x, y, w, h), part[y : y + h, x : x + w]


def _mostly_inside(mask: NDArray[np.uint8], left: int, right: int) -> NDArray[np.uint8]:
    """Return the connected parts of a mask that lie mostly between two columns."""
    num, labels = cv2.connectedComponents(mask, connectivity=8)
    inside = np.bincount(labels[:, left:right].ravel(), minlength=num)
    is_inside = inside > _MOSTLY_INSIDE * np.bincount(labels.ravel(), minlength=num)
    is_inside[0] = False
    return np.asarray(is_inside[labels], np.uint8)
