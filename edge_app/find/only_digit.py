"""A picture of one digit and nothing else, whatever its size."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common import geometry
from edge_app.common.geometry import Box
from edge_app.find.classic import ClassicFinder
from edge_app.find.judge import judged
from edge_app.model.classify import Classifier
from edge_app.reading import Digit

# Shrunk to so many pixels, at which strokes of any picture are whole, its connected ink
# is one thing alone.
_THUMBNAIL = 112
# That is as high as this share of the picture, and stands on even ground: deviation of
# the gray levels around it, of those within its box.
_FILLS, _EVEN = 0.35, 0.1

_textbook = ClassicFinder()


def only_digit(frame: NDArray[np.uint8], classifier: Classifier) -> Digit | None:
    """Return the digit that a frame is a picture of; `None` if it shows anything else.

    Args:
        frame: `(H, W, 3)` uint8, BGR.
        classifier: Says which digit it is, and if it is one.
    """
    scale = min(1.0, _THUMBNAIL / max(frame.shape[:2]))
    found = _textbook(geometry.scaled(frame, scale))
    if len(found) != 1:
        return None
    x, y, w, h = (round(n / scale) for n in found[0].box_xywh)
    box_xywh = x, y, w, h
    height, width = frame.shape[:2]
    if (
        geometry.reaches_border(box_xywh, (width, height))
        or h < _FILLS * height
        or _unevenness(frame, box_xywh) > _EVEN
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
