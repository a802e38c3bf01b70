"""Fields cut out of a frame, and what is read in them put back into it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common import geometry
from edge_app.common.geometry import Box
from edge_app.live.fields.field import Place
from edge_app.reading import Digit


@dataclass(frozen=True)
class CutLimits:
    """Sizes in which a field is read.

    Attributes:
        height_px: Of a field that is read: of 400 fields of MNIST's training digits
            98.5% are right with 140, 97.8% with 96, 98.0% with 180 and 56% with 240.
        most_scaled: Small fields are not enlarged more.
        margin_heights: Of a field around it: a digit at a border may be cut.
    """

    height_px: int = 140
    most_scaled: float = 4.0
    margin_heights: float = 0.1


CUT = CutLimits()


def corners_of(matrix: NDArray[np.float64], place: Place) -> NDArray[np.float32]:
    """Return a place's corners in a frame, `(4, 2)`, clockwise from the top left."""
    x, y, w, h = place
    points = np.array([[[x, y], [x + w, y], [x + w, y + h], [x, y + h]]], np.float64)
    return np.asarray(cv2.perspectiveTransform(points, matrix)[0], np.float32)


def cut_out(
    frame: NDArray[np.uint8], corners: NDArray[np.float32]
) -> tuple[NDArray[np.uint8], NDArray[np.float64], Box]:
    """Return a place with a margin, upright and large enough to be read.

    Returns:
        The picture; `(3, 3)`, from its pixels to those of the frame; and where the
        place itself is in it.
    """
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    width, height = (max(1.0, float(sides[first::2].mean())) for first in (0, 1))
    scale = min(CUT.height_px / height, CUT.most_scaled)
    w, h = max(1, round(scale * width)), max(1, round(scale * height))
    margin = max(1, round(CUT.margin_heights * h))
    inner = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32) + margin
    to_crop = cv2.getPerspectiveTransform(corners, inner.astype(np.float32))
    shrunk, to_shrunk = frame, np.eye(3)
    if scale < 1:  # warping takes one pixel of many
        shrunk = geometry.scaled(frame, scale)
        wide, high = shrunk.shape[1] / frame.shape[1], shrunk.shape[0] / frame.shape[0]
        to_shrunk = np.diag([wide, high, 1.0])
    crop = cv2.warpPerspective(
        shrunk,
        np.asarray(to_crop, np.float64) @ np.linalg.inv(to_shrunk),
        (w + 2 * margin, h + 2 * margin),
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(crop, np.uint8), _inverse(to_crop), (margin, margin, w, h)


def _inverse(matrix: object) -> NDArray[np.float64]:
    return np.linalg.inv(np.asarray(matrix, np.float64)).astype(np.float64)


def placed(digits: Sequence[Digit], to_frame: NDArray[np.float64]) -> list[Digit]:
    """Return the digits, each where it is in the frame."""
    moved = []
    for digit in digits:
        x, y, w, h = digit.box_xywh
        points = np.array(
            [[[x, y], [x + w, y], [x + w, y + h], [x, y + h]]], np.float64
        )
        found = cv2.perspectiveTransform(points, to_frame)[0]
        left, top = np.floor(found.min(axis=0)).astype(int)
        right, bottom = np.ceil(found.max(axis=0)).astype(int)
        box = int(left), int(top), int(right - left), int(bottom - top)
        moved.append(replace(digit, box_xywh=box))
    return moved
