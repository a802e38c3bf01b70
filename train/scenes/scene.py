"""A rendered scene."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from edge_app.common.geometry import BoxF
from train.scenes.truth import LabeledDigit, Truth


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

    def turned(self, quarter_turns: int) -> "RenderedScene":
        """Return it turned to the left, like a picture stored without its EXIF."""
        scene = self
        for _ in range(quarter_turns):
            width = scene.frame.shape[1]

            def turned_box(box: BoxF, width: int = width) -> BoxF:
                x, y, w, h = box
                return y, width - x - w, h, w

            truth = scene.truth
            digits = tuple(
                LabeledDigit(turned_box(d.box), d.label) for d in truth.digits
            )
            soft = tuple(turned_box(box) for box in truth.soft)
            others = tuple(
                replace(other, box=turned_box(other.box)) for other in truth.others
            )
            frame, ink = (
                np.ascontiguousarray(np.rot90(picture))
                for picture in (scene.frame, scene.ink)
            )
            truth = Truth(truth.file, digits, soft, truth.numbers, others)
            scene = replace(scene, frame=frame, ink=ink, truth=truth)
        return scene
