"""Faults of a camera's pictures, by which they cannot be its pictures at all."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_app.common.errors import CameraError
from edge_app.sources.source import Frame


@dataclass(frozen=True)
class _FaultLimits:
    """Limits beyond which pictures are no camera's.

    Attributes:
        patience_s: That a picture may be frozen or black, at first.
        most_patience_s: The same, after it was so again and again.
        black_gray: Gray level, which video calls black:
            https://www.itu.int/rec/R-REC-BT.601
        sampled_px: Pixels from one that is looked at to the next.
    """

    patience_s: float = 4.0
    most_patience_s: float = 60.0
    black_gray: int = 16
    sampled_px: int = 8


_FAULT = _FaultLimits()


class FaultFinder:
    """Finds pictures that stay the same to the last bit, are black, or change size.

    A camera whose picture is still frozen or black after it was opened again may simply
    look at something that is: each time it is given twice as long, up to a minute.
    """

    def __init__(self, name: str) -> None:
        """Watch the source called `name`, of which nothing has been seen."""
        self._name = name
        self._patience_s = _FAULT.patience_s
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
        step = _FAULT.sampled_px
        sample = frame.image[::step, ::step]
        states = {
            # All pixels only where a sample says that it is worth it.
            "frozen": not self._may_stay
            and np.array_equal(sample, last[::step, ::step])
            and np.array_equal(frame.image, last),
            "black": int(np.percentile(sample, 99)) < _FAULT.black_gray,
        }
        if not any(states.values()):
            self._patience_s = _FAULT.patience_s
        for state, holds in states.items():
            if not holds:
                self._since_s[state] = frame.time_s
            elif (lasted := frame.time_s - self._since_s[state]) > self._patience_s:
                self._patience_s = min(2 * self._patience_s, _FAULT.most_patience_s)
                raise CameraError(
                    f"{self._name}: its picture has been {state} for {lasted:.0f} s"
                )
