"""A picture of one digit and nothing else, whatever its size."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common import geometry
from edge_app.common.geometry import Box
from edge_app.find.classic import ClassicFinder
from edge_app.find.judge import judged
from edge_app.model.classify import Classifier
from edge_app.reading import Digit


@dataclass(frozen=True)
class OnlyDigitConstants:
    """Limits of how a picture of one digit and nothing else looks.

    `python -m benchmarks ablation --constants 0.25` moves each of them.

    Attributes:
        thumbnail_px: Longer side of the shrunk picture, at which strokes of any picture
            are whole: its connected ink is one thing alone.
        least_of_height: Its height, of the picture's.
        most_uneven: Deviation of the gray levels around it, of those within its box.
    """

    thumbnail_px: int = 112
    least_of_height: float = 0.35
    most_uneven: float = 0.1


ONLY_DIGIT = OnlyDigitConstants()


_textbook = ClassicFinder()


def only_digit(frame: NDArray[np.uint8], classifier: Classifier) -> Digit | None:
    """Return the digit that a frame is a picture of; `None` if it shows anything else.

    Args:
        frame: `(H, W, 3)` uint8, BGR.
        classifier: Says which digit it is, and if it is one.
    """
    scale = min(1.0, ONLY_DIGIT.thumbnail_px / max(frame.shape[:2]))
    found = _textbook(geometry.scaled(frame, scale))
    if len(found) != 1:
        return None
    x, y, w, h = (round(n / scale) for n in found[0].box_xywh)
    box_xywh = x, y, w, h
    height, width = frame.shape[:2]
    if (
        geometry.reaches_border(box_xywh, (width, height))
        or h < ONLY_DIGIT.least_of_height * height
        or _unevenness(frame, box_xywh) > ONLY_DIGIT.most_uneven
    ):
        return None
    (digit,) = judged(found, classifier, _textbook).digits
    return None if digit.reject else replace(digit, box_xywh=box_xywh)


def _unevenness(frame: NDArray[np.uint8], box_xywh: Box) -> float:
    """Return the deviation of gray levels around a box, as a share of that within."""
    gray = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
    x, y, w, h = box_xywh
    room = max(1, h // 20)  # a pen's soft edge
    within = np.zeros(gray.shape, np.uint8)
    within[max(0, y - room) : y + h + room, max(0, x - room) : x + w + room] = 255
    _, around = cv2.meanStdDev(gray, mask=255 - within)
    _, inside = cv2.meanStdDev(gray, mask=within)
    return float(around.item() / max(1.0, inside.item()))
