"""The places of fields in a frame, looked for again only when the frame changes."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.common.errors import SettingsError
from edge_app.live.fields.locating.align import (
    Alignment,
    Fixed,
    Marks,
    Matrix,
    Reference,
)
from edge_app.live.fields.setup import Setup
from edge_app.sources.pictures.images import read_image


@dataclass(frozen=True)
class ChangeConstants:
    """Change of a frame from which fields are looked for again.

    Noise is far below both thresholds, and a knock of a two hundredth above one.

    Attributes:
        compared_wh_px: To which frames are shrunk to be compared.
        mean_levels: Mean difference of their gray levels.
        most_levels: Difference that few pixels exceed.
        most_percentile: Percent of the pixels that do not.
    """

    compared_wh_px: tuple[int, int] = (128, 96)
    mean_levels: float = 1.0
    most_levels: float = 14.0
    most_percentile: float = 98.0


_CHANGE = ChangeConstants()


class Located:
    """Finds the fields of a setup, frame after frame."""

    def __init__(self, setup: Setup) -> None:
        """Look at the reference picture, if there is one.

        Raises:
            SettingsError: It cannot be read, or marks cannot be found here.
        """
        self._alignment = opened(setup)
        self._is_fixed = not setup.is_followed
        self._compared: NDArray[np.uint8] | None = None
        self._matrix: Matrix | None = None

    def matrix(self, frame: NDArray[np.uint8]) -> Matrix | None:
        """Return `(3, 3)`: from fractions to pixels of a frame; `None` if unknown."""
        if self._is_fixed:
            return self._alignment.matrix(frame)
        seen = _compared(frame)
        if self._compared is None or _has_changed(self._compared, seen):
            self._matrix = self._alignment.matrix(frame)
            self._compared = seen
        return self._matrix


def opened(setup: Setup) -> Alignment:
    """Return what finds the fields of a setup.

    Raises:
        SettingsError: The reference cannot be read, or marks cannot be found here.
    """
    if setup.marks:
        if not hasattr(cv2, "aruco") or not hasattr(cv2.aruco, "ArucoDetector"):
            raise SettingsError(
                f"marks: OpenCV 4.7 or newer is needed, this is {cv2.__version__}; use "
                "a reference picture"
            )
        return Marks(setup.marks)
    if setup.reference is None:
        return Fixed()
    try:
        picture = read_image(setup.reference)
    except Exception as error:
        raise SettingsError(f"reference: {error}") from error
    return Reference(picture, [field.place for field in setup.fields])


def _compared(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    small = cv2.resize(frame, _CHANGE.compared_wh_px, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)


def _has_changed(before: NDArray[np.uint8], now: NDArray[np.uint8]) -> bool:
    change = cv2.absdiff(before, now)
    mean, most = change.mean(), np.percentile(change, _CHANGE.most_percentile)
    return bool(mean > _CHANGE.mean_levels or most > _CHANGE.most_levels)
