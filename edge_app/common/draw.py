"""The digits and numbers that were read, drawn over their frame."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common import geometry
from edge_app.common.geometry import Box
from edge_app.live.fields.values.value import FieldReading
from edge_app.reading import Digit, Reading

FONT = cv2.FONT_HERSHEY_SIMPLEX


@dataclass(frozen=True)
class _DrawnColors:
    """Colors of what is drawn over a frame.

    Attributes:
        accepted_bgr: Of digits: green.
        doubtful_bgr: Of digits that may be others, and of fields whose number is not
            believed: orange.
        rejected_bgr: Of what is no digit: gray.
        field_bgr: Of fields: blue.
        text_bgr: Of labels, on the color of their digit: white.
    """

    accepted_bgr: tuple[int, int, int] = (60, 160, 0)
    doubtful_bgr: tuple[int, int, int] = (0, 120, 230)
    rejected_bgr: tuple[int, int, int] = (150, 150, 150)
    field_bgr: tuple[int, int, int] = (200, 110, 0)
    text_bgr: tuple[int, int, int] = (255, 255, 255)


_DRAWN = _DrawnColors()


def draw(frame: NDArray[np.uint8], reading: Reading) -> NDArray[np.uint8]:
    """Return a copy of the frame, upright, with each digit's box and label.

    Args:
        frame: `(H, W, 3)` uint8, BGR.
        reading: What was read in it.

    Returns:
        `(H, W, 3)`: digits in green, doubtful ones in orange with what else they may
        be, rejected ones in thin gray with the reason where there is room; fields in
        blue, in orange where their number is not believed.
    """
    picture = geometry.turned(frame, reading.rotation).copy()

    def upright(digit: Digit) -> Box:
        size_wh = frame.shape[1], frame.shape[0]
        return geometry.turned_box(digit.box_xywh, size_wh, reading.rotation)

    # Lines and letters grow with the picture, so that they stay legible when it is
    # shown smaller.
    scale = max(1.0, max(frame.shape[:2]) / 1000)
    for digit in reading.rejects:
        _box(picture, upright(digit), _DRAWN.rejected_bgr, max(1, round(scale)))
        _reason(picture, upright(digit), digit, 0.35 * scale)
    for digit in reading.digits:
        _box(picture, upright(digit), _color(digit), max(1, round(1.5 * scale)))
    for field in reading.fields:
        _field(picture, field, scale)
    # All labels after all boxes, so that no box crosses a label.
    for digit in reading.digits:
        _label(picture, upright(digit), digit, 0.5 * scale)
    return picture


def cut(frame: NDArray[np.uint8], box_xywh: Box) -> NDArray[np.uint8] | None:
    """Return the part of a frame around a box; `None` if it lies outside.

    Args:
        frame: `(H, W, 3)` uint8, BGR.
        box_xywh: In its pixels.
    """
    x, y, w, h = box_xywh
    margin = max(2, h // 5)
    top, left = max(0, y - margin), max(0, x - margin)
    crop = frame[top : max(0, y + h + margin), left : max(0, x + w + margin)]
    return crop if crop.size else None


def ink_alone(frame: NDArray[np.uint8], digits: Sequence[Digit]) -> NDArray[np.uint8]:
    """Return a white frame with only the ink of digits, as the finder saw it.

    Args:
        frame: `(H, W, 3)` uint8, BGR, upright.
        digits: What was read in it, or rejected.
    """
    picture = np.full_like(frame, 255)
    for digit in digits:
        x, y, w, h = digit.box_xywh
        if digit.ink is not None:
            ink = cv2.resize(digit.ink, (w, h), interpolation=cv2.INTER_LINEAR)
            window = picture[y : y + h, x : x + w]
            dark = 255 - ink[: window.shape[0], : window.shape[1], np.newaxis]
            np.minimum(window, dark, out=window)
    return picture


def _color(digit: Digit) -> tuple[int, int, int]:
    return _DRAWN.doubtful_bgr if digit.alternatives else _DRAWN.accepted_bgr


def _box(
    picture: NDArray[np.uint8], box: Box, color: tuple[int, ...], thickness: int
) -> None:
    x, y, w, h = box
    cv2.rectangle(picture, (x - 2, y - 2), (x + w + 2, y + h + 2), color, thickness)


def _field(picture: NDArray[np.uint8], read: FieldReading, scale: float) -> None:
    if not read.corners_xy:
        return
    color = _DRAWN.field_bgr if read.fault is None else _DRAWN.doubtful_bgr
    corners = [np.array(read.corners_xy, np.int32)]
    cv2.polylines(picture, corners, True, color, round(1.5 * scale), cv2.LINE_AA)
    (x, y), *_ = read.corners_xy
    place = x, max(round(12 * scale), y - round(5 * scale))
    size, thickness = 0.5 * scale, max(1, round(scale))
    cv2.putText(picture, read.name, place, FONT, size, color, thickness, cv2.LINE_AA)


def _reason(picture: NDArray[np.uint8], box: Box, digit: Digit, size: float) -> None:
    """Write why it is no digit below its box, where it is wide enough to hold that."""
    text = digit.reject or ""
    (width, height), _ = cv2.getTextSize(text, FONT, size, 1)
    x, y, w, h = box
    if width <= max(w, 2 * height):
        place = x, y + h + height + 4
        cv2.putText(
            picture, text, place, FONT, size, _DRAWN.rejected_bgr, 1, cv2.LINE_AA
        )


def _label(picture: NDArray[np.uint8], box: Box, digit: Digit, size: float) -> None:
    text = f"{digit.label}"
    if others := [label for label, _ in digit.alternatives if label != digit.label]:
        text += f"|{others[0]}"
    thickness = max(1, round(2 * size))
    (width, height), _ = cv2.getTextSize(text, FONT, size, thickness)
    x, y, _, box_height = box
    margin = max(2, height // 4)
    below = y - height - 2 * margin - 2 < 0  # no room above the box
    top = y + box_height + 2 if below else y - height - 2 * margin - 2
    left = x - 2
    bottom_right = left + width + 2 * margin, top + height + 2 * margin
    cv2.rectangle(picture, (left, top), bottom_right, _color(digit), cv2.FILLED)
    origin = left + margin, top + margin + height
    cv2.putText(
        picture, text, origin, FONT, size, _DRAWN.text_bgr, thickness, cv2.LINE_AA
    )
