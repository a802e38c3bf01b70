"""Touching digits: where their ink may be cut, and which pieces together read best."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common.geometry import Box


@dataclass(frozen=True)
class CutConstants:
    """Limits of where touching ink may be cut, and costs that speak against it.

    Shares are of the digits' height where nothing else is said. Costs are powers of e,
    tuned together on scenes of touching and overlapping digits and of letters.
    `python -m benchmarks ablation --constants 0.25` moves each of them.

    Attributes:
        least_distance_px: Between two cuts.
        least_height_px: Of a piece; zeros are lower than what they touch.
        legged_of_ink: Of the ink's height: where most of the ink is less high, a leg
            reaches below the digits.
        least_body_of_ink: Of the ink's height: the least of digits beside a leg.
        body_columns: Of the columns: those that hold no more than digits' bodies.
        outline_of_strongest: Of the strongest ink: strokes.
        wide: Narrower ink is one digit; a pair of ones may be so narrow.
        narrowest: Width of a piece.
        widest: Width of a piece.
        shortest: Height of a piece.
        mostly_ones: The widest ink that may hold mostly ones.
        distance: Between two cuts.
        most_ink: In a column that is cut.
        mostly_inside: Of what a piece shares with its neighbor, to belong to it.
        smooth: Over which a column's ink is averaged.
        broad: Width of a digit that is rather broad.
        part_of_one: Of a one's ink: less is no digit.
        cut_cost: Of a cut, since it must improve the reading.
        low_one_cost: Of a one's missing height, of digits': it is rather the side of a
            zero or eight.
        too_broad_cost: Of a digit's width beyond `broad`: it is rather two digits.
        least_confidence: One hopeless piece does not outweigh all others.
    """

    least_distance_px: float = 2.0
    least_height_px: int = 9
    legged_of_ink: float = 0.6
    least_body_of_ink: float = 0.3
    body_columns: float = 0.8
    outline_of_strongest: float = 0.4
    wide: float = 0.5
    narrowest: float = 0.12
    widest: float = 1.0
    shortest: float = 0.4
    mostly_ones: float = 0.6
    distance: float = 0.08
    most_ink: float = 0.9
    mostly_inside: float = 0.5
    smooth: float = 0.02
    broad: float = 0.53
    part_of_one: float = 0.7
    cut_cost: float = 0.25
    low_one_cost: float = 2.0
    too_broad_cost: float = 0.5
    least_confidence: float = 0.03


CUTS = CutConstants()


@dataclass(frozen=True)
class Piece:
    """The ink between two of the cuts.

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
    if width <= CUTS.wide * height:
        return [Piece(0, 1, (0, 0, width, rows), ink)]
    stroke = _stroke_width(ink)
    places = [0, *_cut_places(mask, height, stroke), width]
    last = len(places) - 1
    parts = [
        Piece(start, end, *part)
        for start in range(last)
        for end in range(start + 1, last + 1)
        if (start, end) != (0, last)
        and CUTS.narrowest * height
        <= places[end] - places[start]
        <= CUTS.widest * height
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
        confidence = max(confidences[index], CUTS.least_confidence)
        score = scores[piece.start] + piece_width / height * math.log(confidence)
        if piece.start:
            score -= CUTS.cut_cost
        if labels[index] == 1:
            score -= CUTS.low_one_cost * max(0.0, 1 - piece_height / digit_height)
        else:
            too_broad = piece_width / digit_height - CUTS.broad
            score -= CUTS.too_broad_cost * max(0.0, too_broad)
        if score > scores[piece.end]:
            scores[piece.end] = score
            paths[piece.end] = [*paths[piece.start], index]
    path = paths[last]
    ones = sum(labels[index] == 1 for index in path)
    if 2 * ones >= max(3, len(path)) and width > CUTS.mostly_ones * height:
        # Ones that touch are narrow together; M, N and U fall into ones as wide.
        return [0]
    return path


def _digit_height(mask: NDArray[np.uint8]) -> float:
    """Return the height of the digits: the ink's, unless a long leg makes it higher.

    The leg of a seven or nine is in few columns. The others tell how high digits are.
    """
    height = len(mask)
    extent = height - mask.argmax(axis=0) - mask[::-1].argmax(axis=0)
    body = float(np.quantile(extent[mask.any(axis=0)], CUTS.body_columns))
    return (
        height
        if body >= CUTS.legged_of_ink * height
        else max(body, CUTS.least_body_of_ink * height)
    )


def _mask(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return where there is ink: `(H, W)` uint8, 0 or 1."""
    return np.asarray(ink > ink.max() // 3, np.uint8)


def _stroke_width(ink: NDArray[np.uint8]) -> float:
    """Return the mean width of strokes in pixels: their area by half their outline."""
    mask = (ink > CUTS.outline_of_strongest * float(ink.max())).astype(np.uint8)
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
    least = CUTS.part_of_one * stroke * height
    size = round(CUTS.smooth * height) | 1
    amount = cv2.blur(amount, (1, size), borderType=cv2.BORDER_REPLICATE).ravel()
    (columns,) = np.nonzero(
        (least <= left)
        & (left <= left[-1] - least)
        & (amount <= CUTS.most_ink * height)
    )
    distance = max(CUTS.least_distance_px, CUTS.distance * height)
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
    if (
        h < max(CUTS.shortest * height, CUTS.least_height_px)
        or w < CUTS.narrowest * height
    ):
        return None
    return (first + x, y, w, h), part[y : y + h, x : x + w]


def _mostly_inside(mask: NDArray[np.uint8], left: int, right: int) -> NDArray[np.uint8]:
    """Return the connected parts of a mask that lie mostly between two columns."""
    num, labels = cv2.connectedComponents(mask, connectivity=8)
    inside = np.bincount(labels[:, left:right].ravel(), minlength=num)
    is_inside = inside > CUTS.mostly_inside * np.bincount(labels.ravel(), minlength=num)
    is_inside[0] = False
    return np.asarray(is_inside[labels], np.uint8)
