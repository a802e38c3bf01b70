"""The interface of every source of frames."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from edge_app.cli.run_settings import CameraOptions

__all__ = ["DAMAGED_FOR_S", "CameraOptions", "Frame", "Source", "SourceKind"]

DAMAGED_FOR_S = 3.0  # after which a camera with only damaged pictures has failed


@dataclass(frozen=True)
class Frame:
    """One picture.

    Attributes:
        image: `(H, W, 3)` uint8, BGR.
        time_s: When it was captured, in seconds: of `time.monotonic()` from a live
            source, else of the source's own clock.
        name: The file that it is, where a source is of several.
        fault: Why that file cannot be read; `image` is blank then.
        clock_s: By which numbers are followed, in seconds, where that is not `time_s`:
            it moves a second at most between two pictures that are far apart.
        is_upright: Whether its file says how it lies, and it was turned by that.
    """

    image: NDArray[np.uint8]
    time_s: float
    name: str | None = None
    fault: str | None = None
    clock_s: float | None = None
    is_upright: bool = False

    @property
    def followed_s(self) -> float:
        """Return when it was captured, by the clock by which numbers are followed."""
        return self.time_s if self.clock_s is None else self.clock_s


class Source(Protocol):
    """An opened source.

    Attributes:
        name: What readings call it.
        is_live: Frames come at their own pace, whether they are read or not: only the
            newest is worth reading, and a source that fails is opened again.
        is_moving: A frame shows what the one before it did, a moment later.
    """

    name: str
    is_live: bool
    is_moving: bool

    def frames(self) -> Iterator[Frame]:
        """Yield frames until the source ends.

        Raises:
            CameraError: It stopped delivering frames.
        """

    def close(self) -> None:
        """Give the device or file back."""


# Opens the source that a name means; `None` for a name of another kind of source.
SourceKind = Callable[[str, CameraOptions], Source | None]


@runtime_checkable
class PolledSource(Protocol):
    """A live source whose pictures are asked for one by one.

    They may come seldom, and one may well be the same as the one before.

    Attributes:
        interval_s: Seconds between two.
    """

    interval_s: float


@dataclass(frozen=True)
class Adjustment:
    """Something of a camera that can be changed while frames come.

    Attributes:
        name: `exposure`, in milliseconds, or `focus`, as `CameraOptions` has it.
        minimum: The least value.
        maximum: The greatest one.
        step: From one value to the next.
        value: The one of now.
        is_automatic: Whether the camera chooses it.
    """

    name: str
    minimum: float
    maximum: float
    step: float
    value: float
    is_automatic: bool


@runtime_checkable
class AdjustableSource(Protocol):
    """A camera with something to adjust; of any thread."""

    def adjustments(self) -> list[Adjustment]:
        """Return what can be adjusted, as it is now."""

    def adjust(self, name: str, value: float | None) -> None:
        """Set a value, or leave it to the camera.

        Raises:
            OSError: The camera refuses it.
        """
