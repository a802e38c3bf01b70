"""What was read, drawn over the frame it was read in."""

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.reader import Digit, Reading

_ACCEPTED = (60, 160, 0)  # BGR
_REJECTED = (150, 150, 150)
_TEXT = (255, 255, 255)
_FONT = cv2.FONT_HERSHEY_SIMPLEX


def draw(frame: NDArray[np.uint8], reading: Reading) -> NDArray[np.uint8]:
    """A copy of the frame with each digit's box, label and confidence.

    Args:
        frame: `(H, W, 3)` uint8, BGR.
        reading: What was read in it.

    Returns:
        The same shape; accepted digits in green, rejected ones in thin grey.
    """
    picture = frame.copy()
    # Lines and letters grow with the picture, so that they stay legible when it is
    # shown smaller.
    scale = max(1.0, max(frame.shape[:2]) / 1000)
    for digit in reading.rejects:
        _box(picture, digit, _REJECTED, max(1, round(scale)))
    for digit in reading.digits:
        _box(picture, digit, _ACCEPTED, max(1, round(1.5 * scale)))
    # All labels after all boxes, so that no box crosses a label.
    for digit in reading.digits:
        _label(picture, digit, 0.5 * scale)
    return picture


def _box(
    picture: NDArray[np.uint8], digit: Digit, color: tuple[int, ...], thickness: int
) -> None:
    x, y, w, h = digit.box_xywh
    cv2.rectangle(picture, (x - 2, y - 2), (x + w + 2, y + h + 2), color, thickness)


def _label(picture: NDArray[np.uint8], digit: Digit, size: float) -> None:
    text = f"{digit.label}"
    thickness = max(1, round(2 * size))
    (width, height), _ = cv2.getTextSize(text, _FONT, size, thickness)
    x, y, _, box_height = digit.box_xywh
    margin = max(2, height // 4)
    below = y - height - 2 * margin - 2 < 0  # no room above the box
    top = y + box_height + 2 if below else y - height - 2 * margin - 2
    left = x - 2
    bottom_right = left + width + 2 * margin, top + height + 2 * margin
    # The less sure, the more orange the label.
    doubt = min(1.0, 4 * (1.0 - digit.confidence))
    mixed = np.array(_ACCEPTED) * (1 - doubt) + np.array((0, 120, 230)) * doubt
    color = tuple(int(n) for n in mixed)
    cv2.rectangle(picture, (left, top), bottom_right, color, cv2.FILLED)
    origin = left + margin, top + margin + height
    cv2.putText(picture, text, origin, _FONT, size, _TEXT, thickness, cv2.LINE_AA)
