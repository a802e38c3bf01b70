"""A rendered scene."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from train.scenes.truth import Truth


def _no_ink() -> NDArray[np.uint8]:
    return np.zeros((0, 0), np.uint8)


@dataclass(frozen=True)
class RenderedScene:
    """A photograph of our own making.

    Attributes:
        frame: `(H, W, 3)` uint8, BGR.
        truth: What is on it.
        by_people: Whether its digits are surely people's, not strokes of our own.
        ink: `(H, W)` uint8: how much of each pixel the ink of handwritten digits covers
            (also of those that the border cuts), 255 for all of it.
    """

    frame: NDArray[np.uint8]
    truth: Truth
    by_people: bool = False
    ink: NDArray[np.uint8] = field(default_factory=_no_ink)
