"""Cuts a scene down to a number or to a digit."""

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common.geometry import BoxF
from train.scenes.composed.planning.plan import Plan
from train.scenes.paper.textures import FloatPicture
from train.scenes.truth import LabeledDigit, Other


@dataclass(frozen=True)
class ScenePiece:
    """A picture with the truth about it.

    Attributes:
        picture: `(H, W, 3)` float32, BGR.
        ink: `(H, W)` float32, of digits, 0..1.
        digits: Those that are whole.
        soft: Boxes of the others.
        others: What is no digit.
        numbers: Indexes of the digits of each number.
    """

    picture: FloatPicture
    ink: NDArray[np.float32]
    digits: list[LabeledDigit]
    soft: list[BoxF]
    others: list[Other]
    numbers: list[tuple[int, ...]]


def cut(
    piece: ScenePiece, plan: Plan, focus: tuple[int, int], rng: np.random.Generator
) -> ScenePiece:
    """Cut out the part of a piece that its plan asks for.

    Args:
        piece: All that was rendered.
        plan: Says what to cut out, and how far around it.
        focus: How many of the digits, and of what else there is, it is cut around.
        rng: Source of everything random.
    """
    chosen, others = piece.digits[: focus[0]], piece.others[: focus[1]]
    if plan.crop == "no" or not chosen:
        return piece
    boxes = np.array([digit.box for digit in chosen])
    if plan.crop == "number" and others and rng.random() < 0.7:
        boxes = np.concatenate([boxes, [other.box for other in others]])
    low, high = boxes[:, :2].min(axis=0), (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    margins = plan.margin * (high[1] - low[1]) * rng.uniform(0.3, 1.2, 4) + 1
    x0, y0 = np.floor(low - margins[:2]).astype(int)
    x1, y1 = np.ceil(high + margins[2:]).astype(int)
    if plan.crop == "digit" and rng.random() < 0.6:  # square
        more = (y1 - y0) - (x1 - x0)
        x0, x1 = x0 - max(0, more) // 2, x1 + (max(0, more) + 1) // 2
    height, width = piece.ink.shape
    x0, y0, x1, y1 = max(0, x0), max(0, y0), min(width, x1), min(height, y1)
    return windowed(piece, (x0, y0, x1, y1))


def windowed(piece: ScenePiece, window: tuple[int, int, int, int]) -> ScenePiece:
    """Return what a window (left, top, right, bottom) shows of a piece."""
    x0, y0, x1, y1 = (int(n) for n in window)
    picture = np.ascontiguousarray(piece.picture[y0:y1, x0:x1])
    ink = np.ascontiguousarray(piece.ink[y0:y1, x0:x1])

    def moved(box: BoxF) -> BoxF:
        """Return a box in the window, without what lies outside of it."""
        left, top = max(box[0], x0), max(box[1], y0)
        right, bottom = min(box[0] + box[2], x1), min(box[1] + box[3], y1)
        return left - x0, top - y0, right - left, bottom - top

    digits: list[LabeledDigit] = []
    soft: list[BoxF] = []
    places: dict[int, int] = {}
    for index, digit in enumerate(piece.digits):
        x, y, w, h = digit.box
        if x >= x0 and y >= y0 and x + w <= x1 and y + h <= y1:
            places[index] = len(digits)
            digits.append(replace(digit, box=moved(digit.box)))
        elif _is_seen(digit.box, window):
            soft.append(moved(digit.box))
    soft += [moved(box) for box in piece.soft if _is_seen(box, window)]
    others = [
        replace(other, box=moved(other.box))
        for other in piece.others
        if _is_seen(other.box, window)
    ]
    numbers = [
        tuple(places[i] for i in number)
        for number in piece.numbers
        if all(i in places for i in number)
    ]
    return ScenePiece(picture, ink, digits, soft, others, numbers)


def _is_seen(box: BoxF, window: tuple[Any, ...]) -> bool:
    x, y, w, h = box
    return bool(
        x < window[2] and y < window[3] and x + w > window[0] and y + h > window[1]
    )


def shrunk(piece: ScenePiece, factor: float) -> ScenePiece:
    """Return a piece at another size: the factor is below 1 for a smaller one."""
    height, width = piece.ink.shape
    size_wh = max(8, round(width * factor)), max(8, round(height * factor))
    across, down = size_wh[0] / width, size_wh[1] / height
    interpolation = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC

    def scaled(box: BoxF) -> BoxF:
        return box[0] * across, box[1] * down, box[2] * across, box[3] * down

    return ScenePiece(
        np.asarray(
            cv2.resize(piece.picture, size_wh, interpolation=interpolation), np.float32
        ),
        np.asarray(
            cv2.resize(piece.ink, size_wh, interpolation=interpolation), np.float32
        ),
        [replace(digit, box=scaled(digit.box)) for digit in piece.digits],
        [scaled(box) for box in piece.soft],
        [replace(other, box=scaled(other.box)) for other in piece.others],
        piece.numbers,
    )
