"""A shaky, noisy camera that loses its focus now and then."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class _Shaking:
    """A hand that shakes, and what else is wrong with the camera in it.

    Attributes:
        noise_gray: Standard deviation of the noise, in gray levels.
        reach_of_width: How far the hand moves the camera, of the frame's width.
        shakes_per_s: How often, there and back.
        defocus_every_s: From one loss of focus to the next.
        defocused_share: Of that time, without focus.
    """

    noise_gray: float = 12.0
    reach_of_width: float = 0.008
    shakes_per_s: float = 0.9
    defocus_every_s: float = 1.7
    defocused_share: float = 0.15


_SHAKING = _Shaking()


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
    turn = 2 * math.pi * _SHAKING.shakes_per_s * time_s
    reach = _SHAKING.reach_of_width * image.shape[1]
    shift = reach * np.array([math.sin(turn), math.cos(1.3 * turn)])
    motion = np.hstack([np.eye(2), shift[:, np.newaxis]])
    size_wh = image.shape[1::-1]
    seen = cv2.warpAffine(image, motion, size_wh, borderMode=cv2.BORDER_REPLICATE)
    every_s = _SHAKING.defocus_every_s
    if (time_s % every_s) / every_s < _SHAKING.defocused_share and time_s > 1:
        seen = cv2.GaussianBlur(seen, (0, 0), 1.6)
    rng = np.random.default_rng([seed, round(1000 * time_s)])
    noisy = seen + rng.normal(0, _SHAKING.noise_gray, seen.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8), shift
