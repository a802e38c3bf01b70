"""The look of a digit, which shows whether it is the one that stood there before.

`python -m benchmarks tracking` counts what goes wrong where this is too strict (labels
flicker) or too lax (a page inherits from the one before).
"""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common.geometry import Box, Quarter, back, turned
from edge_app.live.tracking.tracking_limits import LOOKS
from edge_app.model.normalize import BOX_SIZE, normalize
from edge_app.reading import Digit


@dataclass(frozen=True, eq=False)
class Look:
    """A digit's ink in one frame.

    Attributes:
        ink: `(h, w)` uint8, bright on 0.
        box_xywh: Where it was seen, in pixels of the frame.
        image: `(28, 28)` uint8, the ink as the model saw it; `None` where that is to be
            made.
    """

    ink: NDArray[np.uint8]
    box_xywh: Box
    image: NDArray[np.uint8] | None = None

    @cached_property
    def picture(self) -> NDArray[np.uint8]:
        """Return `(28, 28)` uint8, the ink as the model sees it, whatever its size."""
        return normalize(self.ink) if self.image is None else self.image

    @cached_property
    def _direction(self) -> NDArray[np.float32]:
        """Return `(784,)` float32 of length 1, the picture's values."""
        return _unit(self.picture.reshape(1, -1)).ravel()

    @cached_property
    def _shifted(self) -> NDArray[np.float32]:
        """Return `(9, 784)` float32, the same for the picture shifted up to a pixel."""
        around = _framed(self.picture, LOOKS.center_off_px)
        windows = np.lib.stride_tricks.sliding_window_view(around, self.picture.shape)
        return _unit(windows.reshape(-1, self.picture.size))

    def is_like(self, other: "Look") -> bool:
        """Return whether both are the same ink, in the same size."""
        # A straight stroke that grows looks the same.
        small, large = sorted((self.side, other.side))
        return (
            large <= LOOKS.most_larger * small
            and likeness(self, other) >= LOOKS.least_correlation
        )

    def has_grown_to(self, later: "Look") -> bool:
        """Return whether all this ink is still there in a later look, which has more.

        That is what a digit looks like that is being written, or was corrected by
        writing over it.
        """
        return (
            later.area >= LOOKS.grown_ratio * self.area
            and kept_share(self, later) >= LOOKS.kept_share
        )

    @property
    def side(self) -> int:
        """Return the longer side of its box, in pixels of the frame."""
        return max(self.box_xywh[2:])

    @cached_property
    def area(self) -> float:
        """Return how much ink there is, in pixels of the frame."""
        _, _, width, height = self.box_xywh
        share = np.count_nonzero(self.ink > self.ink.max() // 2) / self.ink.size
        return share * width * height


def of(digit: Digit, rotation: Quarter) -> Look | None:
    """Return what a digit looks like; `None` where its ink is not known.

    Args:
        digit: As read.
        rotation: Degrees clockwise by which the frame was turned to be read.
    """
    if digit.ink is None or not digit.ink.any():
        return None
    image = None if rotation else digit.image
    return Look(turned(digit.ink, back(rotation)), digit.box_xywh, image)


def likeness(before: Look, after: Look) -> float:
    """Return the correlation, 0..1, of two digits' normalized ink, laid together."""
    return float((before._shifted @ after._direction).max())


def kept_share(before: Look, after: Look) -> float:
    """Return the share of a digit's ink over which there is ink later, 0..1.

    Both are taken at one scale and where they lie on the frame, but for a little motion
    of the page.
    """
    scale = BOX_SIZE / after.side
    old, new = _mask(before, scale), _mask(after, scale)
    x, y = (
        round((before.box_xywh[axis] - after.box_xywh[axis]) * scale) for axis in (0, 1)
    )
    height, width = old.shape
    room = max(height, width) + LOOKS.page_moved_px
    x, y = x + room - LOOKS.page_moved_px, y + room - LOOKS.page_moved_px
    spread = np.asarray(cv2.dilate(new, np.ones((3, 3), np.uint8)), np.uint8)
    around = _framed(spread, room)
    ends = y + height + 2 * LOOKS.page_moved_px, x + width + 2 * LOOKS.page_moved_px
    if x < 0 or y < 0 or ends[0] > around.shape[0] or ends[1] > around.shape[1]:
        return 0.0  # it lies elsewhere
    under = cv2.matchTemplate(around[y : ends[0], x : ends[1]], old, cv2.TM_CCORR)
    return float(under.max() / max(1, cv2.countNonZero(old)))


def _mask(look: Look, scale: float) -> NDArray[np.uint8]:
    """Return `(h, w)` uint8, 1 where there is ink, the frame's pixels times `scale`."""
    size_wh = tuple(max(1, round(side * scale)) for side in look.box_xywh[2:])
    ink = cv2.resize(look.ink, size_wh, interpolation=cv2.INTER_AREA)
    _, mask = cv2.threshold(ink, ink.max() / 2, 1, cv2.THRESH_BINARY)
    return np.asarray(mask, np.uint8)


def _unit(rows: NDArray[np.uint8]) -> NDArray[np.float32]:
    values = rows.astype(np.float32)
    lengths = np.sqrt(np.einsum("ij,ij->i", values, values))
    return np.asarray(values / np.maximum(lengths, 1)[:, np.newaxis], np.float32)


def _framed(picture: NDArray[np.uint8], room: int) -> NDArray[np.uint8]:
    framed = cv2.copyMakeBorder(picture, room, room, room, room, cv2.BORDER_CONSTANT)
    return np.asarray(framed, np.uint8)
