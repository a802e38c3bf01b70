"""What every source of frames gives."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Frame:
    """One picture.

    Attributes:
        image: `(H, W, 3)` uint8, BGR.
        time_s: When it was captured, in seconds of the source's own clock.
    """

    image: NDArray[np.uint8]
    time_s: float


class Source(Protocol):
    """An opened source.

    Attributes:
        name: What readings call it.
    """

    name: str

    def frames(self) -> Iterator[Frame]:
        """Frames until the source ends.

        Raises:
            CameraError: It stopped delivering frames.
        """

    def close(self) -> None:
        """Give the device or file back."""
