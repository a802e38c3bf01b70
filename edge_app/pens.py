"""What digits are written with: which of them may be one pen's."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.segment import Region

_COARSE = 8  # cells of a digit's surroundings; in the lightest one there is paper
_FINE = 64  # rows of a digit are enough for its surroundings
_STRONG = 0.7  # of a digit's strongest ink: the middle of its strokes
_OUTLINE = 0.4  # of a digit's strongest ink: its strokes
_SAME_WIDTH = 1.65  # the most that strokes of one pen differ, as a factor
_SAME_COLOUR = 0.25  # the same of its ink, of the paper's brightness in any channel


def same_pen(
    frame: NDArray[np.uint8],
    regions: Sequence[Region],
    company: NDArray[np.bool_],
    unsure: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """`(N, N)` which digits may be written with the pen of which unsure ones.

    What ruled lines and print leave is narrower or of another colour than writing.

    Args:
        frame: `(H, W, 3)` uint8, BGR, that they are on.
        regions: Their ink.
        company: `(N, N)` for each digit, whose pens matter.
        unsure: `(N,)` whose company matters; for the others all pens are the same.
    """
    colours = np.zeros((len(regions), 3))
    widths = np.ones(len(regions))
    for index in map(int, np.flatnonzero(unsure | company[unsure].any(axis=0))):
        colours[index] = ink_colour(frame, regions[index])
        widths[index] = stroke_width(regions[index])
    apart = np.abs(colours[:, np.newaxis] - colours).max(axis=2)
    same = alike(widths, _SAME_WIDTH) & (apart <= _SAME_COLOUR)
    return np.asarray(same | ~unsure[:, np.newaxis], np.bool_)


def stroke_width(region: Region) -> float:
    """The mean width of its strokes in pixels: their area by half their outline."""
    mask = (region.ink > _OUTLINE * float(region.ink.max())).astype(np.uint8)
    room = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    area = cv2.countNonZero(mask)
    outline = area - cv2.countNonZero(cv2.erode(room, np.ones((3, 3), np.uint8)))
    scale = region.box_xywh[3] / len(region.ink)
    return 2.0 * scale * area / max(1, outline)


def alike(values: NDArray[np.float64], factor: float) -> NDArray[np.bool_]:
    """`(N, N)` which values differ by less than a factor."""
    ratios = values[:, np.newaxis] / values
    return np.asarray((ratios < factor) & (ratios > 1 / factor), np.bool_)


def ink_colour(frame: NDArray[np.uint8], region: Region) -> NDArray[np.float64]:
    """The strongest ink's mean, BGR, as shares of the paper around it."""
    x, y, w, h = region.box_xywh
    step = max(1, h // _FINE)
    around = frame[
        max(0, y - h // 2) : y + h + h // 2 : step,
        max(0, x - h // 2) : x + w + h // 2 : step,
    ]
    coarse = cv2.resize(around, (_COARSE, _COARSE), interpolation=cv2.INTER_AREA)
    paper = np.maximum(coarse.max(axis=(0, 1)), 1)
    crop = frame[y : y + h, x : x + w]
    if crop.shape[:2] != region.ink.shape:
        size_wh = region.ink.shape[1], region.ink.shape[0]
        resized = cv2.resize(crop, size_wh, interpolation=cv2.INTER_AREA)
        crop = np.asarray(resized, np.uint8)
    strong = cv2.inRange(region.ink, _STRONG * float(region.ink.max()), 255)
    return np.asarray(np.array(cv2.mean(crop, strong)[:3]) / paper, np.float64)
