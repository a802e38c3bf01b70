"""Grain close up: streaks and specks as wood, brushed metal and cloth show them.

A desk fills most of many photographs, and a fine look shows its grain as strokes.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

# Deviations of a streak's shape.
_ALONG_STREAK_PX, _ACROSS_STREAK_PX = (2.0, 25.0), (0.5, 2.5)


def grain(side: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return a square of grain without any writing, `(side, side)` uint8.

    Args:
        side: In pixels.
        rng: Source of everything random.
    """
    wide = math.ceil(side * 1.5)  # some is left at the corners when it is turned
    relief = np.zeros((wide, wide), np.float32)
    for _ in range(int(rng.integers(1, 4))):
        noise = rng.standard_normal((wide, wide)).astype(np.float32)
        across, along = (
            math.exp(rng.uniform(*np.log(span)))
            for span in (_ACROSS_STREAK_PX, _ALONG_STREAK_PX)
        )
        layer = cv2.GaussianBlur(noise, (0, 0), sigmaX=across, sigmaY=along)
        relief = relief + layer * np.float32(rng.uniform(0.3, 1) / layer.std())
    if rng.random() < 0.7:  # sparse streaks on an even ground
        relief = np.maximum(relief - np.float32(rng.uniform(0, 1.8)), 0)
    if rng.random() < 0.5:
        relief = -relief
    middle = wide / 2, wide / 2
    turn = cv2.getRotationMatrix2D(middle, rng.uniform(0, 180), 1.0)
    turn = turn + np.array([0, 0, (side - wide) / 2])  # to the square's middle
    seen = cv2.warpAffine(relief, turn, (side, side), borderMode=cv2.BORDER_REFLECT)
    # Clouds of light, as a lamp's reflection on a desk.
    soft = cv2.resize(rng.standard_normal((3, 3)).astype(np.float32), (side, side))
    brightness = math.exp(rng.uniform(math.log(8), math.log(220)))
    ground = brightness * (1 + 0.25 * soft)
    picture = ground + seen * rng.uniform(5, 60)
    return np.clip(picture, 0, 255).astype(np.uint8)
