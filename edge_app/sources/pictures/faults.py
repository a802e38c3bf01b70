"""Faults of a camera's pictures, by which they cannot be its pictures at all."""

import numpy as np
from numpy.typing import NDArray

from edge_app.common.errors import CameraError
from edge_app.sources.source import Frame

_PATIENCE_S, _MOST_PATIENCE_S = 4.0, 60.0
_BLACK = 16  # gray level; what video calls black: https://www.itu.int/rec/R-REC-BT.601
_SAMPLED = 8  # every so many pixels


class FaultFinder:
    """Finds pictures that stay the same to the last bit, are black, or change size.

    A camera whose picture is still frozen or black after it was opened again may simply
    look at something that is: each time it is given twice as long, up to a minute.
    """

    def __init__(self, name: str) -> None:
        """Watch the source called `name`, of which nothing has been seen."""
        self._name = name
        self._patience_s = _PATIENCE_S
        self._last: NDArray[np.uint8] | None = None
        self._may_stay = False
        self._since_s = {"frozen": 0.0, "black": 0.0}

    def opened(self, *, may_stay: bool = False) -> None:
        """Forget what was seen: the source was opened anew.

        Args:
            may_stay: Its picture may be the same for as long as it likes.
        """
        self._may_stay = may_stay
        self._last = None

    def check(self, frame: Frame) -> None:
        """Look at the next frame.

        Raises:
            CameraError: The frames are of another size than before, or have been frozen
                or black for too long.
        """
        last, self._last = self._last, frame.image
        if last is None:
            self._since_s = dict.fromkeys(self._since_s, frame.time_s)
            return
        if last.shape != frame.image.shape:
            was, now = (
                f"{image.shape[1]}x{image.shape[0]}" for image in (last, frame.image)
            )
            raise CameraError(f"{self._name}: its pictures changed from {was} to {now}")
        sample = frame.image[::_SAMPLED, ::_SAMPLED]
        states = {
            # All pixels only where a sample says that it is worth it.
            "frozen": not self._may_stay
            and np.array_equal(sample, last[::_SAMPLED, ::_SAMPLED])
            and np.array_equal(frame.image, last),
            "black": int(np.percentile(sample, 99)) < _BLACK,
        }
        if not any(states.values()):
            self._patience_s = _PATIENCE_S
        for state, holds in states.items():
            if not holds:
                self._since_s[state] = frame.time_s
            elif (lasted := frame.time_s - self._since_s[state]) > self._patience_s:
                self._patience_s = min(2 * self._patience_s, _MOST_PATIENCE_S)
                raise CameraError(
                    f"{self._name}: its picture has been {state} for {lasted:.0f} s"
                )
