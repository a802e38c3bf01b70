"""The reading of a field."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_app.common.geometry import Box
from edge_app.live.fields.field import Field

MOVED = "camera moved"
UNREADABLE = "unreadable"
IMPLAUSIBLE = "implausible"

Corners = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class FieldReading:
    """A field in one frame.

    Attributes:
        field: What is said of it.
        text: Its digits as they are read in this frame; `None` where they are not.
        confidence: Of the least sure of them, 0..1.
        value: The last number that was believed; `None` before the first.
        previous: The one before it.
        fault: Why the number of now is not believed; `None` while it is.
        corners_xy: Of its place, in pixels of the frame, clockwise from the top left.
        is_news: Whether value or fault differ from those of the frame before.
        image: `(h, w, 3)` uint8, BGR: its place, upright.
    """

    field: Field
    text: str | None = None
    confidence: float | None = None
    value: float | None = None
    previous: float | None = None
    fault: str | None = None
    corners_xy: Corners = ()
    is_news: bool = False
    image: NDArray[np.uint8] | None = dataclasses.field(
        default=None, compare=False, repr=False
    )

    @property
    def name(self) -> str:
        """Return the field's name."""
        return self.field.name

    @property
    def box_xywh(self) -> Box:
        """Return the upright box around its place, in pixels of the frame."""
        if not self.corners_xy:
            return 0, 0, 0, 0
        xs, ys = zip(*self.corners_xy, strict=True)
        return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain lists and numbers for JSON, the confidence rounded."""
        sure = self.confidence
        return {
            "name": self.name,
            "value": self.value,
            "previous": self.previous,
            "fault": self.fault,
            "unit": self.field.unit,
            "text": self.text,
            "confidence": None if sure is None else round(sure, 4),
            "corners": [list(corner) for corner in self.corners_xy],
        }
