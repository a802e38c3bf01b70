"""A shaky, noisy camera that loses its focus now and then."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

_NOISE = 12.0  # gray levels
_SHAKE = 0.008  # of the frame's width: how far a hand moves the camera
_SHAKES_PER_S = 0.9
_DEFOCUS_S, _DEFOCUSED_SHARE = 1.7, 0.15  # how often, and how long, focus is lost


def shaken(
    image: NDArray[np.uint8], seed: int, time_s: float
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Return what such a camera sees of a picture, and by how much it is moved.

    Args:
        image: `(H, W, 3)` uint8.
        seed: Of the noise.
        time_s: When, from 0 on.

    Returns:
        `(H, W, 3)` uint8, and `(2,)` pixels, x and y.
    """
    turn = 2 * math.pi * _SHAKES_PER_S * time_s
    shift = _SHAKE * image.shape[1] * np.array([math.sin(turn), math.cos(1.3 * turn)])
    motion = np.hstack([np.eye(2), shift[:, np.newaxis]])
    size_wh = image.shape[1::-1]
    seen = cv2.warpAffine(image, motion, size_wh, borderMode=cv2.BORDER_REPLICATE)
    if (time_s % _DEFOCUS_S) / _DEFOCUS_S < _DEFOCUSED_SHARE and time_s > 1:
        seen = cv2.GaussianBlur(seen, (0, 0), 1.6)
    rng = np.random.default_rng([seed, round(1000 * time_s)])
    noisy = seen + rng.normal(0, _NOISE, seen.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8), shift
